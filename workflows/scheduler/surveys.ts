import { ActivityFailure, CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';
import type { SurveyResult } from '../../contract/pass.ts';
import { cut } from '../../domain/cut.ts';
import { asked, onDaemon } from './activities.ts';
import { carryOut } from './carry-out.ts';
import type { Asked, SchedulerState } from './scheduler-state.ts';

/** A full pass, of which the ones who asked get the report. Undefined: it failed. */
export async function passAsked(
  state: SchedulerState,
  asks: Asked[],
  once: boolean,
): Promise<SurveyResult | undefined> {
  const { woken, prompt } = state;
  try {
    const result = await asked.survey(state.beginSurvey({ full: true, once }));
    state.answer(asks, await carryOut(state, result));
    return result;
  } catch (error) {
    state.refuse(asks, sayFailure(error));
    // What a refill was due for has not been surveyed.
    if (woken && patched('failed-pass-wakes')) state.wakeAgain(prompt);
    return undefined;
  }
}

/** A survey that nobody asked for. Whoever asks or pauses while it waits for a daemon does not wait with it. */
export async function surveyOfItself(
  state: SchedulerState,
  full: boolean,
  interrupted: () => boolean,
): Promise<SurveyResult | 'interrupted' | 'failed'> {
  const scope = new CancellationScope({ cancellable: true });
  let result: SurveyResult | 'failed' | undefined;
  const survey = scope
    .run(() => onDaemon.survey(state.beginSurvey({ full, once: false })))
    .then(
      (found) => {
        result = found;
      },
      (error) => {
        if (isCancellation(error)) throw error;
        state.say(sayFailure(error));
        result = 'failed';
      },
    );
  await Promise.race([survey, condition(interrupted)]);
  if (result !== undefined) return result;
  scope.cancel();
  await survey.catch((error) => {
    if (!isCancellation(error)) throw error;
  });
  return result ?? 'interrupted';
}

/** It is tried until it succeeds, so this is one that cannot, such as a result that is too large. Throws all else. */
function sayFailure(error: unknown): string {
  if (!(error instanceof ActivityFailure)) throw error;
  return cut(`The pass failed, and is tried again: ${error.cause?.message ?? error.message}`);
}
