import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { SurveyResult } from '../../contract/pass.ts';
import type { SchedulerInput } from '../../contract/scheduler-input.ts';
import { Answers } from '../sdk/fulfil.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { carryOut } from './carry-out.ts';
import { tellHeld, tellStop } from './held.ts';
import { handleMessages } from './messages.ts';
import { SchedulerState } from './scheduler-state.ts';
import { passAsked, surveyOfItself } from './surveys.ts';
import { Watcher } from './watcher.ts';

/** Between two refills, at least. What changes in between goes along with the next one. */
const REFILL_REST_MS = 250;
/** And so many times as long as the one before took of a processor, so that what can wait takes a twentieth of it. */
const REST_BY_COST = 19;
/** What a survey took is measured in a process that does other things too, so it bounds nothing by itself. */
const LONGEST_REST_MS = 5_000;
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
  let toldHeld = state.held;
  let due: 'full' | 'refill' | undefined = 'full';
  let endsAtMs = Number.POSITIVE_INFINITY;
  let restsUntilMs = 0;
  let sparesUntilMs = 0;
  const interrupted = () => state.asked.length > 0 || state.held !== toldHeld || state.stopDue !== undefined;

  for (;;) {
    if (toldHeld !== state.held) toldHeld = await tellHeld(state);
    if (state.stopDue !== undefined) await tellStop(state, state.stopDue);
    // Here, since whoever asks or pauses all the time must not keep it from this.
    if (hasLongHistory()) await goOnAsNew({ state, answers, watcher }, interrupted);

    const asks = state.asked.splice(0);
    if (asks.length > 0) {
      const once = asks.some((ask) => ask.once);
      await passAsked(state, asks, once);
      continue;
    }
    if (due !== undefined) {
      const full: boolean = due === 'full';
      if (full) state.fullDue = false;
      const result = await surveyOfItself(state, full, interrupted);
      if (result === 'failed') await condition(interrupted, FAILED_REST_MS);
      if (typeof result === 'string') continue;
      await carryOut(state, result);
      if (full) endsAtMs = Date.now() + result.loopIntervalMs;
      watcher.startFrom(result, endsAtMs);
      due = undefined;
      restsUntilMs = Date.now() + REFILL_REST_MS;
      sparesUntilMs = Math.min(Date.now() + sparingMs(result), endsAtMs);
    }
    await condition(() => interrupted() || next() !== undefined);
    if (next() === 'refill' && Date.now() < restsUntilMs) {
      await condition(() => interrupted() || next() === 'full', restsUntilMs - Date.now());
    }
    if (next() === 'refill' && !state.prompt && Date.now() < sparesUntilMs) {
      const isDue = () => interrupted() || state.prompt || next() === 'full';
      await condition(isDue, sparesUntilMs - Date.now());
    }
    if (interrupted()) continue;
    due = next();
    if (watcher.over) await goOnAsNew({ state, answers, watcher }, interrupted);
  }

  function next(): 'full' | 'refill' | undefined {
    if (due !== undefined) return due;
    if (state.fullDue || watcher.over) return 'full';
    return state.woken || watcher.changed ? 'refill' : undefined;
  }
}

/** How long a refill that can wait rests after this survey. Not at all beyond what each of them does where it was cheap. */
function sparingMs({ costMs = 0 }: SurveyResult): number {
  const restMs = Math.min(REST_BY_COST * costMs, LONGEST_REST_MS);
  return restMs > REFILL_REST_MS ? restMs : 0;
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
