import { computed } from '@preact/signals';
import { address } from '../../address/address.ts';
import { agents, tasks } from '../../live/store.ts';
import { agentRows } from './agent-rows.ts';
import { filterIn, isShown } from './filter.ts';
import type { Line } from './line.ts';
import { countWaiting, sortOut } from './sort-out.ts';

// What the parts of this view show, made once when something has changed.

export const filter = computed(() => filterIn(address.value.query));
export const sorted = computed(() => sortOut(tasks.value.all.values()));

export const agentsShown = computed(() =>
  agentRows({
    agents: agents.value.all.values(),
    bySlot: sorted.value.bySlot,
    filter: filter.value,
  }),
);

const shown = (of: () => Line[]) => computed(() => of().filter((line) => isShown(filter.value, line)));
export const parked = shown(() => sorted.value.parked);
export const interrupted = shown(() => sorted.value.interrupted);
export const backingOff = shown(() => sorted.value.backingOff);
export const elsewhere = shown(() => sorted.value.elsewhere);

/** Pools that have agents or tasks that wait, in the order of the configuration; null at the end: tasks of none. */
export const pools = computed(() => {
  const names = new Set<string | null>();
  for (const { queue } of agents.value.all.values()) if (queue !== null) names.add(queue);
  for (const pool of sorted.value.byPool.keys()) if (pool !== null) names.add(pool);
  if (sorted.value.byPool.has(null)) names.add(null);
  const { pool } = filter.value;
  return [...names].filter((name) => pool === undefined || name === pool);
});

/** What waits in the pools that are shown. */
export const waiting = computed(() => countWaiting(sorted.value.byPool, pools.value));
