import { type Capacity, canTake } from './capacity.ts';
import { isOfPool, type Obstacle, type Reason } from './reason.ts';

/** None of these agents can be given anything. */
export const unavailable = foundOnce(
  (members, queue: string): Reason =>
    together(
      queue,
      members.flatMap(({ obstacle }) => obstacle ?? []),
    ),
);

/**
 * For what is so of agents none of which can be given anything; undefined: that is not so yet. A plan takes from others only, so
 * what was found stays until the plan is made; thousands of tasks may ask for it of a pool of hundreds.
 */
function foundOnce<Whose extends unknown[], Found>(
  find: (members: readonly Capacity[], ...whose: Whose) => Found,
): typeof find {
  const found = new WeakMap<readonly Capacity[], Found>();
  return (members, ...whose) => {
    const known = found.get(members) ?? find(members, ...whose);
    if (known !== undefined) found.set(members, known);
    return known;
  };
}

/** Why none of these agents takes one more task; undefined: one does. */
export const whyNone = foundOnce(
  (members, wants: string | null, queue: string | null): Reason | undefined => {
    const able = members.filter(({ obstacle }) => obstacle === undefined);
    if (able.some(canTake)) return undefined;
    return able.length === 0 ? unavailable(members, queue ?? '') : full(wants, queue, able);
  },
);

function together(queue: string, obstacles: readonly Obstacle[]): Reason {
  const [only] = obstacles;
  // What goes for the pool is one reason, however many agents it has.
  if (only !== undefined && (obstacles.length === 1 || isOfPool(only))) return only;
  const more = obstacles.length - OBSTACLES_SHOWN;
  const shown = obstacles.slice(0, OBSTACLES_SHOWN);
  return { why: 'pool-unavailable', queue, obstacles: shown, ...(more > 0 && { more }) };
}

/** No slot is free, and enough runs are in line. */
export function full(wants: string | null, queue: string | null, able: readonly Capacity[]): Reason {
  const used = able.reduce((sum, capacity) => sum + capacity.used, 0);
  const held = able.reduce((sum, capacity) => sum + capacity.held, 0);
  const limit = able.reduce((sum, { agent }) => sum + agent.limit, 0);
  return wants === null
    ? { why: 'pool-full', queue: queue ?? '', used, held, limit }
    : { why: 'agent-full', agent: wants, used, held, limit };
}

/** All that these agents have against one more task, the reason that decides first. Empty: one of them can take it. */
export function allAgainst(
  wants: string | null,
  queue: string | null,
  members: readonly Capacity[],
): Reason[] {
  const able = members.filter(({ obstacle }) => obstacle === undefined);
  if (able.some(canTake)) return [];
  if (able.length > 0) return [full(wants, queue, able)];
  return [...allObstacles(members, queue ?? ''), ...alsoFull(wants, queue, members)];
}

/** The slots of agents that can be given nothing may all be taken besides. */
function alsoFull(wants: string | null, queue: string | null, members: readonly Capacity[]): Reason[] {
  const withSlots = members.filter(({ agent }) => agent.limit > 0);
  const isFull = withSlots.length > 0 && withSlots.every(({ agent, used }) => used >= agent.limit);
  return isFull ? [full(wants, queue, withSlots)] : [];
}

const allObstacles = foundOnce((members, queue: string): readonly Reason[] => {
  const each = members.map(obstaclesOf);
  const [alone, ...others] = each;
  if (others.length === 0) return [...(alone ?? [])];
  const first = unavailable(members, queue);
  const ofPool = new Map<string, Obstacle>(
    each.flat().flatMap((obstacle) => (isOfPool(obstacle) ? [[obstacle.why, obstacle]] : [])),
  );
  if (ofPool.size === 0) return [first];
  ofPool.delete(first.why);
  const own = each.map((obstacles) => obstacles.filter((obstacle) => !isOfPool(obstacle)));
  const rest = own.every((obstacles) => obstacles.length > 0)
    ? [
        together(
          queue,
          own.flatMap(([obstacle]) => obstacle ?? []),
        ),
      ]
    : [];
  return [first, ...ofPool.values(), ...(isOfPool(first) ? rest : [])];
});

function obstaclesOf({ obstacle, obstacles }: Capacity): readonly Obstacle[] {
  if (obstacle === undefined) return [];
  // A probe that the plan has given it is not among those that were there before.
  return obstacles.length > 0 ? obstacles : [obstacle];
}

/** A reason is kept in histories, and a pool may have any number of agents. */
const OBSTACLES_SHOWN = 3;
