import { meaningOfVerdict, type Verdict } from '../attempt/verdict.ts';
import { cut } from '../cut.ts';

/**
 * Whether an agent's model and recipe work, as its last runs showed. An unwell agent is given nothing until
 * `untilMs`, and then one task probes it, not all (docs/architecture.md).
 */
export type Health = { state: 'well' } | Unwell;

export interface Unwell {
  state: 'cooling-down' | 'misconfigured';
  reason: string;
  /** Milliseconds since the epoch. */
  untilMs: number;
  /** How many of its runs in a row have shown it. */
  times: number;
  /** One run probes the agent now. */
  probing?: true;
}

/** It may be probed from now on, and not only when its time has come. */
export function triedFrom(health: Health, nowMs: number): Health {
  return health.state === 'well' ? health : { ...health, untilMs: Math.min(health.untilMs, nowMs) };
}

/** Whether one task may probe the agent: its time has come, and nobody does yet. */
export function isTryDue({ probing, untilMs }: Unwell, nowMs: number): boolean {
  return !probing && nowMs >= untilMs;
}

/** What is kept of a verdict's reason. The reasons of all unwell agents of a pool are in one message. */
export function keptReason({ reason }: Verdict): string {
  return cut(reason, { chars: 150, bytes: 300 });
}

export const WELL: Health = { state: 'well' };

export interface CoolDownPolicy {
  coolDownMs: number;
  coolDownMaxMs: number;
  /** A misconfigured agent is looked at again once per pass. */
  passIntervalMs: number;
}

/** Until the next try, in milliseconds, when it was shown for that many times in a row. */
export function pauseAfter(
  { state, times }: Pick<Unwell, 'state' | 'times'>,
  { coolDownMs, coolDownMaxMs, passIntervalMs }: CoolDownPolicy,
): number {
  return state === 'misconfigured' ? passIntervalMs : Math.min(coolDownMs * 2 ** (times - 1), coolDownMaxMs);
}

/** The health after a run ended with this verdict. A run that says nothing about the agent changes nothing. */
export function healthAfter(health: Health, verdict: Verdict, policy: CoolDownPolicy, nowMs: number): Health {
  const reason = keptReason(verdict);
  switch (meaningOfVerdict(verdict.kind).agent) {
    case 'unknown':
      return health;
    case 'cools-down': {
      // One outage fails all runs of an agent at once. Only a run that was started after the cool-down tells more.
      if (health.state === 'cooling-down' && nowMs < health.untilMs) return health;
      const times = (health.state === 'cooling-down' ? health.times : 0) + 1;
      const untilMs = nowMs + pauseAfter({ state: 'cooling-down', times }, policy);
      return { state: 'cooling-down', reason, untilMs, times };
    }
    case 'misconfigured': {
      const times = (health.state === 'misconfigured' ? health.times : 0) + 1;
      return { state: 'misconfigured', reason, untilMs: nowMs + policy.passIntervalMs, times };
    }
    case 'works':
      return WELL;
  }
}
