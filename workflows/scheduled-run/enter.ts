import { condition, uuid4 } from '@temporalio/workflow';
import { inBatches } from '../../contract/in-batches.ts';
import { makeWay } from '../../contract/messages.ts';
import type { Begun, Entered, OccurrenceEnd, Trigger } from '../../contract/occurrence.ts';
import { jobKeyOf } from '../../domain/schedule/definition.ts';
import { overlapFor } from '../../domain/schedule/overlap-for.ts';
import { sayWaitsFor } from '../../words/occurrence.ts';
import { send } from '../sdk/send.ts';
import { activities } from './activities.ts';
import { ANSWER_MS } from './answered.ts';
import type { OccurrenceRun } from './occurrence-run.ts';

/** Waits until the admission lets it in; else how it ended. */
export async function waitToEnter(run: OccurrenceRun, begun: Begun): Promise<OccurrenceEnd | undefined> {
  for (let isFirst = true; ; isFirst = false) {
    const answer = await askToBeLetIn(run, begun, isFirst);
    if (answer === undefined) return undefined;
    if (answer.enter === 'now') {
      run.enteredMs = Date.now();
      // Also for an admission that has to find out who was let in.
      run.enter('working', 'Makes its task.');
      return undefined;
    }
    // Some of them may be closed, and have not said so: then it asks again.
    if (await hasFoundClosed(run, answer)) continue;
    if (answer.enter === 'not') return { end: 'left-out', because: answer.because };
    if (answer.enter === 'cancel-first')
      await inBatches(answer.cancel, ({ workflowId }) => send({ workflowId }, makeWay, run.ref.workflowId));
    await waitInLine(run, begun, answer);
  }
}

/** Undefined: it was told to stop before there was an answer. */
async function askToBeLetIn(
  run: OccurrenceRun,
  begun: Begun,
  isFirst: boolean,
): Promise<Entered | undefined> {
  const { schedule, plannedMs, force = false } = run.asked;
  const trigger: Trigger = run.asked.trigger ?? 'plan';
  const { definition, number, version } = begun;
  const { maxPerJob = null, maxGlobal = null, overlap, priority } = definition;
  const isOver = () => run.enterAnswer !== undefined || run.whyStopped !== undefined;
  let began = isFirst && run.waited === undefined ? { trigger, number, version } : undefined;
  run.asking = uuid4();
  run.enterAnswer = undefined;
  while (run.whyStopped === undefined && run.enterAnswer === undefined) {
    run.askDue = false;
    await activities.askAdmission({
      ...{ ...run.ref, schedule, jobKey: jobKeyOf(definition), maxPerJob, maxGlobal },
      ...{ overlap: overlapFor(trigger, overlap), priority, plannedMs, force, asking: run.asking },
      ...(began && { began }),
    });
    began = undefined;
    await condition(isOver, ANSWER_MS);
  }
  return run.whyStopped === undefined ? run.enterAnswer : undefined;
}

type Kept = Exclude<Entered, { enter: 'now' }>;

async function hasFoundClosed(run: OccurrenceRun, answer: Kept): Promise<boolean> {
  const { schedule } = run.asked;
  const { workflowId } = run.ref;
  const waits = answer.enter === 'not' ? undefined : answer.waits;
  const ids = answer.enter === 'not' ? [theOther(answer)] : answer.waits.with;
  const looked = await activities.lookInTheWay({ schedule, workflowId, ids, ...(waits && { waits }) });
  return looked.closed > 0 && run.whyStopped === undefined;
}

function theOther({ because }: Extract<Entered, { enter: 'not' }>): string {
  return because.why === 'overlap' ? because.with : because.by;
}

async function waitInLine(
  run: OccurrenceRun,
  begun: Begun,
  { waits, untilMs }: Exclude<Kept, { enter: 'not' }>,
): Promise<void> {
  run.waited = waits;
  run.enter('waiting', `Waits: ${sayWaitsFor(waits)}.`);
  await condition(() => run.askDue || run.whyStopped !== undefined, Math.max(1, untilMs - Date.now()));
  await run.goOnAsNewIfLong(begun);
}
