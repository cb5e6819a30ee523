import type { Reason } from './reason.ts';
import type { Room } from './room.ts';

export function unavailable(queue: string, members: readonly Room[]): Reason {
  const obstacles = members.flatMap((room) => room.obstacle ?? []);
  const [only] = obstacles;
  // A pause of the pool is one reason, however many agents it has.
  if (only !== undefined && (obstacles.length === 1 || only.why === 'pool-paused')) return only;
  const more = obstacles.length - OBSTACLES_SHOWN;
  const shown = obstacles.slice(0, OBSTACLES_SHOWN);
  return { why: 'pool-unavailable', queue, obstacles: shown, ...(more > 0 && { more }) };
}

/** No slot is free, and those in line are enough. */
export function full(wants: string | null, queue: string | null, able: readonly Room[]): Reason {
  const used = able.reduce((sum, room) => sum + room.used, 0);
  const limit = able.reduce((sum, room) => sum + room.agent.limit, 0);
  return wants === null
    ? { why: 'pool-full', queue: queue ?? '', used, limit }
    : { why: 'agent-full', agent: wants, used, limit };
}

/** A reason travels through histories, and a pool may have any number of agents. */
const OBSTACLES_SHOWN = 3;
