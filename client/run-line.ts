import type { Phase } from '../contract/run.ts';
import type { KnownRun } from '../temporal/runs.ts';
import { sayWhose } from '../words/whose.ts';

/** Where a run really is, which a server whose workers are gone does not say by its phase alone. */
export type RunState =
  | 'waiting-for-slot'
  /** It has its slot; no goose host has taken it yet. */
  | 'waiting-for-host'
  | 'running'
  /** Its goose host is not heard of any more, or its attempt is over and nobody is there to go on with it. */
  | 'interrupted'
  | 'backing-off'
  | 'parked';

/** An open run of a task. */
export interface RunLine {
  taskId: number;
  /** Null where any of the pool may still get it. */
  agent: string | null;
  /** Whose slots it uses, for people: its only agent, or `queue "dev"`. */
  whose: string;
  queue: string | null;
  phase: Phase;
  state: RunState;
  attempt: number;
  /** Of what runs, when its attempt began; else when the run began. Milliseconds since the epoch. */
  sinceMs: number;
  /** Why it backs off, is parked or is in line, where that is known. */
  why?: string;
}

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
