import { type Attempt, logNameOf } from '../../contract/attempts.ts';
import { isoTime } from './iso-time.ts';

/** An attempt for programs, times in ISO 8601. */
export function attemptJson(attempt: Attempt): Record<string, unknown> {
  const { number, runId, state, agent, host, recipe, sentAtMs, startedAtMs, endedAtMs } = attempt;
  const { verdict, seconds, turns, tokens } = attempt;
  return {
    ...{ attempt: number, run_id: runId, state, agent, host, recipe },
    sent: isoTime(sentAtMs),
    started: isoTime(startedAtMs),
    ended: isoTime(endedAtMs),
    verdict: verdict?.kind ?? null,
    reason: verdict?.reason ?? null,
    ...{ seconds, turns, tokens, log: logNameOf(attempt) },
  };
}

/** The log of an attempt, and the attempts that there are. `isCut`: `text` is the beginning of a longer log. */
export function logJson(
  attempts: readonly Attempt[],
  chosen: Attempt,
  { path, text, isCut }: { path: string; text: string; isCut: boolean },
): Record<string, unknown> {
  return {
    task_id: chosen.taskId,
    ...attemptJson(chosen),
    attempts: attempts.map(attemptJson),
    ...{ path, text, text_is_cut: isCut },
  };
}
