import type { AgentStatus } from '../contract/status.ts';
import { TRY_IS_DUE } from './reason.ts';

/** How an agent is, as a clause about it. */
export function sayAgent({ paused, poolPaused, health, tryIsDue, limit }: AgentStatus): string {
  if (poolPaused) return 'its queue is paused';
  if (paused) return 'paused';
  if (health.state !== 'well' && health.probing) return `one task tries it again: ${health.reason}`;
  if (health.state !== 'well' && tryIsDue) return `${TRY_IS_DUE}: ${health.reason}`;
  if (health.state === 'cooling-down') return `cools down until ${clock(health.untilMs)}: ${health.reason}`;
  if (health.state === 'misconfigured') return `cannot run: ${health.reason}`;
  return limit === 0 ? 'no slots' : 'ready';
}

function clock(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
