import type { Capacity } from './capacity.ts';
import type { Reason } from './reason.ts';

/** None of these agents can be given anything. */
export function unavailable(queue: string, members: readonly Capacity[]): Reason {
  const obstacles = members.flatMap(({ obstacle }) => obstacle ?? []);
  const [only] = obstacles;
  // A pause of the pool is one reason, however many agents it has.
  if (only !== undefined && (obstacles.length === 1 || only.why === 'pool-paused')) return only;
  const more = obstacles.length - OBSTACLES_SHOWN;
  const shown = obstacles.slice(0, OBSTACLES_SHOWN);
  return { why: 'pool-unavailable', queue, obstacles: shown, ...(more > 0 && { more }) };
}

/** No slot is free, and enough runs are in line. */
export function full(wants: string | null, queue: string | null, able: readonly Capacity[]): Reason {
  const used = able.reduce((sum, capacity) => sum + capacity.used, 0);
  const limit = able.reduce((sum, { agent }) => sum + agent.limit, 0);
  return wants === null
    ? { why: 'pool-full', queue: queue ?? '', used, limit }
    : { why: 'agent-full', agent: wants, used, limit };
}

/** A reason is kept in histories, and a pool may have any number of agents. */
const OBSTACLES_SHOWN = 3;
