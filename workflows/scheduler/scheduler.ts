import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { SchedulerInput } from '../../contract/scheduler-input.ts';
import { Answers } from '../sdk/fulfil.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { carryOut } from './carry-out.ts';
import { type Calls, Due } from './due.ts';
import { tellHeld, tellStop } from './held.ts';
import { handleMessages } from './messages.ts';
import { SchedulerState } from './scheduler-state.ts';
import { passAsked, surveyOfItself } from './surveys.ts';
import { Watcher } from './watcher.ts';

/** After a pass that failed. */
const FAILED_REST_MS = 10_000;

/**
 * One run of this workflow is one full pass and what follows from it: refills whenever a run has changed, TinyTask has
 * changed or somebody asks, until the loop interval is over or the history is long. Then it continues as new.
 */
export async function scheduler(given?: SchedulerInput): Promise<void> {
  const state = new SchedulerState(given ?? {});
  const answers = new Answers(given?.answers);
  answers.tell();
  handleMessages(state, answers);
  const watcher = new Watcher(state);
  const due = new Due();
  const calls = (): Calls => ({
    ...{ fullDue: state.fullDue, woken: state.woken, prompt: state.prompt },
    told: watcher.told,
  });
  let toldHeld = state.held;
  const interrupted = () => state.asked.length > 0 || state.held !== toldHeld || state.stopDue !== undefined;

  for (;;) {
    if (toldHeld !== state.held) toldHeld = await tellHeld(state);
    if (state.stopDue !== undefined) await tellStop(state, state.stopDue);
    // Here, since whoever asks or pauses all the time must not keep it from this.
    if (hasLongHistory()) await goOnAsNew({ state, answers, watcher }, interrupted);

    const asks = state.asked.splice(0);
    if (asks.length > 0) {
      const once = asks.some((ask) => ask.once);
      const result = await passAsked(state, asks, once);
      // What it was to see is not lost. Where one is in hand, that one says from where to watch.
      if (due.inHand === undefined && result?.sawTasks === false) {
        due.restAfter(result, Date.now());
        watcher.startFrom(result, due.endsAtMs);
      }
      continue;
    }
    if (due.inHand !== undefined) {
      const full: boolean = due.inHand === 'full';
      if (full) state.fullDue = false;
      const result = await surveyOfItself(state, full, interrupted);
      if (result === 'failed') await condition(interrupted, FAILED_REST_MS);
      if (typeof result === 'string') continue;
      await carryOut(state, result);
      due.carriedOut(result, Date.now());
      watcher.startFrom(result, due.endsAtMs);
    }
    await condition(() => interrupted() || due.next(calls()) !== undefined);
    for (const rest of due.rests) {
      if (!due.mayRest(rest, calls()) || Date.now() >= rest.untilMs) continue;
      await condition(() => interrupted() || !due.mayRest(rest, calls()), rest.untilMs - Date.now());
    }
    if (interrupted()) continue;
    due.inHand = due.next(calls());
    if (watcher.told === 'over') await goOnAsNew({ state, answers, watcher }, interrupted);
  }
}

/** Continues as new, and returns only if somebody asks or pauses before that: what is on its way would be lost. */
async function goOnAsNew(
  { state, answers, watcher }: { state: SchedulerState; answers: Answers; watcher: Watcher },
  interrupted: () => boolean,
): Promise<void> {
  // The SDK counts the Updates of older clients.
  await condition(() => (allHandlersFinished() && answers.atRest) || interrupted());
  if (interrupted()) return;
  watcher.stop();
  const { carried } = answers;
  const input = { ...state.successor(), ...(carried.length > 0 && { answers: carried }) };
  await continueAsNew<'scheduler'>(input, state.memo());
}
