import { headlineOf } from '../../client/headline/headline.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { lookOf } from './api-stand.ts';

/** What the frame and the first view ask for, of the look that the test gives. */
export const glances: Partial<SchedulerClient> = {
  recent: async () => ({ sinceMs: Date.now() - 3_600_000, ended: [], passes: [] }),
  headline: async (look = lookOf(), recent = null) =>
    headlineOf({ look, recent, lateMs: Number.POSITIVE_INFINITY, notStarted: undefined }),
  running: async (look = lookOf()) => ({
    ...{ atMs: look.atMs, more: 0 },
    running: look.atWork.map((task) => ({ ...task, log: null })),
  }),
  pools: async () => {
    const { agents: _, ...state } = lookOf().agents;
    return { ...state, pools: [], placeless: 0, mode: 'queue' };
  },
};
