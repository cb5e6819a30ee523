/**
 * What a goose run turned out to be. goose's exit code is not the truth: see `judge` in judge.ts. Of what has to be
 * mended the kind says whose it is, and so who waits for it: the task (`task-misconfigured`), the agent
 * (`misconfigured`, `model-unavailable`) or TinyTask (`tinytask-unavailable`).
 */
export type VerdictKind =
  | 'completed'
  | 'not-ours'
  | 'agent-failed'
  | 'model-unavailable'
  | 'misconfigured'
  /** The recipe that the task's own tag names cannot be run; other tasks of the agent can. */
  | 'task-misconfigured'
  /** TinyTask could not be reached, which says nothing of the agent. */
  | 'tinytask-unavailable'
  | 'timed-out'
  | 'stalled'
  | 'cancelled'
  | 'worker-lost';

export interface Verdict {
  kind: VerdictKind;
  /** One sentence without a full stop, for people: no prompts, answers or environment values. */
  reason: string;
}

/** Kinds that last until somebody mends something, so that the same one is told once. */
export function isLasting(kind: VerdictKind): boolean {
  switch (kind) {
    case 'model-unavailable':
    case 'misconfigured':
    case 'task-misconfigured':
    case 'tinytask-unavailable':
      return true;
    case 'completed':
    case 'not-ours':
    case 'agent-failed':
    case 'timed-out':
    case 'stalled':
    case 'cancelled':
    case 'worker-lost':
      return false;
  }
}
