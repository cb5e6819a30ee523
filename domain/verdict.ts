/** What a goose run turned out to be. goose's exit code is not the truth: see `judge` in judge.ts. */
export type VerdictKind =
  | 'completed'
  | 'handed-off'
  | 'agent-failed'
  | 'model-unavailable'
  | 'misconfigured'
  | 'timed-out'
  | 'stalled'
  | 'cancelled'
  | 'worker-lost';

export interface Verdict {
  kind: VerdictKind;
  /** One sentence without a full stop, for people: no prompts, answers or environment values. */
  reason: string;
}
