import type { RunLine, RunState } from '../contract/status.ts';
import { whoseSlots } from '../domain/semaphore-id.ts';
import { type KnownRun, lingersMs } from '../temporal/runs.ts';

/**
 * @param served whether somebody serves the workflows, so that a run in between two steps is about to go on
 * @param silentMs a goose host that was not heard of for so long is gone, where the run does not say for how long
 */
export function runLine(run: KnownRun, served: boolean, silentMs: number, nowMs: number): RunLine {
  const { taskId, agent, queue, phase, attempt, memo, startedAtMs } = run;
  const state = stateOf(run, served, silentMs, nowMs);
  const sinceMs = state === 'running' ? (attempt?.startedAtMs ?? startedAtMs) : startedAtMs;
  const cause = (state === 'backing-off' || state === 'parked') && memo?.why ? { cause: memo.why } : {};
  return {
    ...{ taskId, agent, whose: whoseOf(run), queue, phase, state },
    ...{ attempt: memo?.past.number ?? 0, sinceMs, ...cause },
    ...(memo?.parkedBefore && { parkedBefore: memo.parkedBefore }),
  };
}

/** Whose slots a run uses, as far as its memo and the server tell. */
export function whoseOf({ memo, agent }: KnownRun): RunLine['whose'] {
  if (memo !== null) return whoseSlots(memo);
  return agent === null ? null : { agent };
}

function stateOf(run: KnownRun, served: boolean, silentMs: number, nowMs: number): RunState {
  const { phase, attempt } = run;
  if (phase === 'waiting') return 'waiting-for-slot';
  if (phase !== 'running') return phase;
  if (attempt === null) return served ? 'running' : 'interrupted';
  if (attempt.startedAtMs === null) return 'waiting-for-host';
  const isHeardOf = nowMs - (attempt.heardAtMs ?? attempt.startedAtMs) < lingersMs(run, silentMs);
  return isHeardOf ? 'running' : 'interrupted';
}
