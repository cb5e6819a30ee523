/** What an agent's entry says of how its runs are limited and started. What is absent is as the settings say. */
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
} as const;

/** The rules that differ from what holds without them. */
export function differing(rules: RunRules, defaults: Readonly<RunRules>): RunRules {
  const differs = Object.entries(rules).filter(([key, value]) => value !== defaults[key as keyof RunRules]);
  return Object.fromEntries(differs);
}
