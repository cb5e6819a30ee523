import type { RunLine, RunState } from '../contract/status.ts';
import type { KnownRun } from '../temporal/runs.ts';
import { sayWhose } from '../words/whose.ts';

/** @param served whether somebody serves the workflows, so that a run in between two steps is about to go on */
export function runLine(run: KnownRun, served: boolean, silentMs: number, nowMs: number): RunLine {
  const { taskId, agent, queue, phase, attempt, memo, startedAtMs } = run;
  const whose = memo === null ? (agent ?? 'its agent') : sayWhose(memo);
  const state = stateOf(run, served, silentMs, nowMs);
  const sinceMs = state === 'running' ? (attempt?.startedAtMs ?? startedAtMs) : startedAtMs;
  const why = (state === 'backing-off' || state === 'parked') && memo?.why ? { why: memo.why } : {};
  return { taskId, agent, whose, queue, phase, state, attempt: memo?.past.number ?? 0, sinceMs, ...why };
}

function stateOf({ phase, attempt }: KnownRun, served: boolean, silentMs: number, nowMs: number): RunState {
  if (phase === 'waiting') return 'waiting-for-slot';
  if (phase !== 'running') return phase;
  if (attempt === null) return served ? 'running' : 'interrupted';
  if (attempt.startedAtMs === null) return 'waiting-for-host';
  return nowMs - (attempt.heardAtMs ?? attempt.startedAtMs) < silentMs ? 'running' : 'interrupted';
}
