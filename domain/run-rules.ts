/** What an agent's entry says of how its runs are limited, started and judged. What is absent is as the settings say. */
export interface RunRules {
  /** So long a goose may run. */
  maxRuntimeMs?: number;
  /** So long without output is a stall; 0: none is. */
  stallMs?: number;
  /** Failed attempts after which a task is parked. */
  maxAttempts?: number;
  /** So many tokens an attempt may use; 0: there is no such limit. */
  maxTokens?: number;
  /** Names of the variables that goose gets besides those that it always gets. Values are those of the goose host. */
  env?: string[];
  /** A program and its first arguments; goose and its own arguments follow. Not empty. */
  launchPrefix?: string[];
  /** Who completes its tasks; `on-success` where absent. */
  completion?: Completion;
  /** What has to succeed after goose before a task counts as done. */
  verify?: VerifyRule;
}

/** `on-success`: we do, when goose has ended well. `agent`: only the agent itself, and a run that it does not has failed. */
export type Completion = 'on-success' | 'agent';

export interface VerifyRule {
  /** Program and arguments, without a shell. */
  command: string[];
  /** So long it may run. */
  maxRuntimeSec: number;
}

/** What decides whether work counts as done. */
export type DoneRules = Pick<RunRules, 'completion' | 'verify'>;

/** Those rules alone; undefined: there is none. */
export function doneRules({ completion, verify }: RunRules = {}): DoneRules | undefined {
  if (completion !== 'agent' && verify === undefined) return undefined;
  return { ...(completion && { completion }), ...(verify && { verify }) };
}

/** Bounds of the values, as users give them: the same for the settings and for the keys of an agent. */
export const RULE_BOUNDS = {
  maxRuntimeSec: { min: 1, max: 604_800 },
  stallSec: { min: 0, max: 604_800 },
  maxAttempts: { min: 1, max: 100 },
  maxTokens: { min: 0, max: 1_000_000_000 },
  /** Names, and characters of one. */
  env: { most: 64, chars: 128 },
  /** Arguments, and characters of all together: they travel with each grant. */
  launchPrefix: { most: 64, chars: 4_000 },
  verify: { most: 64, chars: 4_000, maxRuntimeSec: { min: 1, max: 43_200 } },
} as const;

/** The rules that differ from what holds without them. */
export function differing(rules: RunRules, defaults: Readonly<RunRules>): RunRules {
  const differs = Object.entries(rules).filter(([key, value]) => value !== defaults[key as keyof RunRules]);
  return Object.fromEntries(differs);
}
