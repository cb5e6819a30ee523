import type { Status } from '../contract/status.ts';
import { poolHeld } from '../domain/plan/capacity.ts';
import type { Reason } from '../domain/plan/reason.ts';
import type { Selection } from './scheduler-client.ts';

export type Off = Extract<
  Reason,
  { why: 'scheduler-disabled' | 'scheduler-paused' | 'pool-paused' | 'pool-held' | 'agent-paused' }
>;

export interface StillOff {
  /** What keeps all that was switched on from starting anything. */
  all: Off[];
  /** What keeps a part of it: queues, or agents. */
  some: Off[];
}

/** What is still off after a person has switched something on again: each switch is undone by its own opposite alone. */
export function stillOff(status: Status, { agent, queue }: Selection): StillOff {
  const { enabled, stopped, paused, agents } = status;
  const ofScheduler: Off[] = [
    ...(enabled ? [] : [{ why: 'scheduler-disabled' } as const]),
    ...(stopped ? [{ why: 'scheduler-paused', stopped } as const] : []),
    ...(paused ? [{ why: 'scheduler-paused' } as const] : []),
  ];
  const meant = agents.filter((each) =>
    agent === undefined ? queue === undefined || each.queue === queue : each.name === agent,
  );
  const pools = offPools(meant);
  const alone = meant.flatMap(offAgents);
  if (agent !== undefined) return { all: [...ofScheduler, ...pools, ...alone], some: [] };
  if (queue !== undefined) return { all: [...ofScheduler, ...pools], some: alone };
  return { all: ofScheduler, some: [...pools, ...alone] };
}

type Agents = Status['agents'];

/** Each once, although each of its agents tells of it. */
function offPools(agents: Agents): Off[] {
  const stopped = agents.flatMap(({ queue, poolStopped }) => (poolStopped ? (queue ?? []) : []));
  const paused = agents.flatMap(({ queue, poolPaused }) => (poolPaused ? (queue ?? []) : []));
  return [
    ...[...new Set(stopped)].map((queue) => ({ why: 'pool-paused', queue, stopped: true }) as const),
    ...[...new Set(paused)].map((queue) => ({ why: 'pool-paused', queue }) as const),
    ...heldPools(agents),
  ];
}

/** No switch, but it keeps a pool from starting what was switched on. */
function heldPools(agents: Agents): Off[] {
  const held = new Map(
    agents.flatMap(({ queue, poolHold }) => (queue !== null && poolHold ? [[queue, poolHold] as const] : [])),
  );
  return [...held].map(([queue, hold]) => poolHeld(queue, hold));
}

function offAgents({ name: agent, stopped, paused }: Agents[number]): Off[] {
  return [
    ...(stopped ? [{ why: 'agent-paused', agent, stopped } as const] : []),
    ...(paused ? [{ why: 'agent-paused', agent } as const] : []),
  ];
}
