import type { VerdictKind } from './verdict.ts';

/**
 * Whether an agent's model and recipe work, as its last runs showed. An unwell agent is given nothing until
 * `untilMs`, and then one task probes it, not all (design: what follows a verdict).
 */
export type Health =
  | { state: 'well' }
  | { state: 'cooling-down' | 'misconfigured'; reason: string; untilMs: number; times: number };

export const WELL: Health = { state: 'well' };

export interface CoolDownPolicy {
  coolDownMs: number;
  coolDownMaxMs: number;
  /** A misconfigured agent is looked at again once per pass. */
  passIntervalMs: number;
}

/** The health after a run ended with this verdict. A run that says nothing about the agent changes nothing. */
export function healthAfter(
  health: Health,
  verdict: { kind: VerdictKind; reason: string },
  policy: CoolDownPolicy,
  nowMs: number,
): Health {
  switch (verdict.kind) {
    case 'worker-lost':
    case 'cancelled':
      return health;
    case 'model-unavailable': {
      const times = (health.state === 'cooling-down' ? health.times : 0) + 1;
      const pauseMs = Math.min(policy.coolDownMs * 2 ** (times - 1), policy.coolDownMaxMs);
      return { state: 'cooling-down', reason: verdict.reason, untilMs: nowMs + pauseMs, times };
    }
    case 'misconfigured': {
      const times = (health.state === 'misconfigured' ? health.times : 0) + 1;
      return {
        state: 'misconfigured',
        reason: verdict.reason,
        untilMs: nowMs + policy.passIntervalMs,
        times,
      };
    }
    case 'completed':
    case 'handed-off':
    case 'agent-failed':
    case 'timed-out':
    case 'stalled':
      return WELL;
  }
}
