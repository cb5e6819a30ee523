/** What a verdict means to those who act on it. */
export interface Meaning {
  /**
   * What follows for the run (follow.ts): it ends; an attempt is used, and the run backs off or is parked; it is parked at
   * once; it waits for TinyTask; it runs again after a lost worker; it runs again, or is parked where a person has cancelled it.
   */
  follows: 'end' | 'attempt-used' | 'park' | 'wait' | 'again' | 'cancelled';
  /** What it shows of the agent (slots/health.ts). */
  agent: 'works' | 'cools-down' | 'misconfigured' | 'unknown';
  /** It lasts until somebody mends something, so the same one is told once. */
  isLasting?: true;
  /** Nobody has to look after it. */
  isHarmless?: true;
}

/**
 * What an attempt turned out to be. goose's exit code is not the truth: see `judge` in judge.ts; that of a program is: see
 * judge-command.ts. Of what has to be mended the kind says whose it is, and so who waits for it: the task (`task-misconfigured`), the agent
 * (`misconfigured`, `model-unavailable`) or TinyTask (`tinytask-unavailable`).
 */
const VERDICTS = {
  completed: { follows: 'end', agent: 'works', isHarmless: true },
  /** The task was deleted, archived or somebody else's before goose started. */
  'not-ours': { follows: 'end', agent: 'unknown', isHarmless: true },
  'agent-failed': { follows: 'attempt-used', agent: 'works' },
  /** goose ended well, and the command that its agent names (`verify`) did not succeed after it. */
  'not-verified': { follows: 'attempt-used', agent: 'works' },
  /** The run ends, and the planner may find its task another agent of the pool. */
  'model-unavailable': { follows: 'end', agent: 'cools-down', isLasting: true },
  misconfigured: { follows: 'end', agent: 'misconfigured', isLasting: true },
  /** The recipe that the task's own tag names, or the program of its schedule, cannot be run; other tasks of the agent can. */
  'task-misconfigured': { follows: 'attempt-used', agent: 'unknown', isLasting: true },
  /** It asks for a program, and no occurrence of a schedule has made it for that; or for one outside BIN_DIR. No further attempt changes that. */
  'not-runnable': { follows: 'park', agent: 'unknown', isLasting: true },
  /** TinyTask could not be reached. Nobody is unwell, so it is the task that waits; an outage mends itself. */
  'tinytask-unavailable': { follows: 'wait', agent: 'unknown', isLasting: true },
  'timed-out': { follows: 'attempt-used', agent: 'works' },
  stalled: { follows: 'attempt-used', agent: 'works' },
  /** It went round in circles, or used more tokens than it may. */
  looping: { follows: 'attempt-used', agent: 'works' },
  cancelled: { follows: 'cancelled', agent: 'unknown', isHarmless: true },
  'worker-lost': { follows: 'again', agent: 'unknown' },
} satisfies Record<string, Meaning>;

export type VerdictKind = keyof typeof VERDICTS;
export const VERDICT_KINDS = Object.keys(VERDICTS) as VerdictKind[];

export interface Verdict {
  kind: VerdictKind;
  /** One sentence without a full stop, for people: no prompts, answers or environment values. */
  reason: string;
}

export function meaningOfVerdict(kind: VerdictKind): Meaning {
  return VERDICTS[kind];
}
