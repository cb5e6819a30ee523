import { type Attempt, logNameOf } from '../../contract/attempts.ts';
import { isoTime } from './iso-time.ts';

/** An attempt for programs, times in ISO 8601. */
export function attemptJson(attempt: Attempt): Record<string, unknown> {
  const { number, runId, agent, host, sentAtMs, endedAtMs, verdict, seconds, tokens } = attempt;
  return {
    ...{ attempt: number, run_id: runId, agent, host },
    sent: isoTime(sentAtMs),
    ended: isoTime(endedAtMs),
    verdict: verdict?.kind ?? null,
    reason: verdict?.reason ?? null,
    ...{ seconds, tokens, log: logNameOf(attempt) },
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
