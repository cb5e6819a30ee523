import { condition } from '@temporalio/workflow';
import type { Begun, OccurrenceEnd } from '../../contract/occurrence.ts';
import { jobKeyOf } from '../../domain/schedule/definition.ts';
import { sayWaitsFor } from '../../words/occurrence.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { activities } from './activities.ts';
import type { OccurrenceRun } from './occurrence-run.ts';

/** Waits until the admission lets it in; else how it ended. */
export async function waitToEnter(run: OccurrenceRun, begun: Begun): Promise<OccurrenceEnd | undefined> {
  const { schedule, plannedMs, force = false } = run.asked;
  const { definition } = begun;
  const { maxPerJob = null, maxGlobal = null, overlap, priority } = definition;
  for (;;) {
    if (run.whyStopped !== undefined) return undefined;
    run.askDue = false;
    const answer = await activities.enter({
      ...{ ...run.ref, schedule, jobKey: jobKeyOf(definition), maxPerJob, maxGlobal },
      ...{ overlap, priority, plannedMs, force },
    });
    if (answer.enter === 'now') {
      run.enteredMs = Date.now();
      // Also for an admission that has to find out who was let in.
      run.enter('working', 'Makes its task.');
      return undefined;
    }
    if (answer.enter === 'not') return { end: 'left-out', because: answer.because };
    run.waited = answer.waits;
    run.enter('waiting', `Waits: ${sayWaitsFor(answer.waits)}.`);
    await condition(
      () => run.askDue || run.whyStopped !== undefined,
      Math.max(1, answer.untilMs - Date.now()),
    );
    if (hasLongHistory() && run.whyStopped === undefined)
      await continueAsNew<'scheduledRun'>(run.successor(begun), { occurrence: run.memo() });
  }
}
