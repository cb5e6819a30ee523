import { z } from '@hono/zod-openapi';
import { SCHEDULES_MS } from '../../client/follow/now-and-then.ts';
import { agentsJson } from '../../client/json/agents.ts';
import { backlogJson } from '../../client/json/explain.ts';
import { isoTime } from '../../client/json/iso-time.ts';
import { poolsJson } from '../../client/json/pools.ts';
import { schedulesCountsJson } from '../../client/json/schedules/now.ts';
import { statusJson } from '../../client/json/status.ts';
import type { Look, OpenTask } from '../../contract/listings.ts';
import type { AllSchedules } from '../../contract/schedule.ts';
import { groupedBy } from '../../domain/grouped.ts';
import { READ_AGE_MS, type RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as shape from './shapes.ts';
import { soon } from './soon.ts';
import { agentsAnswer, poolsAnswer, queuesAnswer, stateAnswer } from './state-shapes.ts';
import { toldOnce } from './told-once.ts';

/** What is there now. */
export function stateRoutes({ scheduler, look, schedules }: RouteDeps): Route[] {
  const pools = look.beside(() => scheduler.use((client) => client.pools()));
  const backlog = look.beside(() => scheduler.use((client) => client.explainAll()));
  const told = toldOnce((seen: Look, all: AllSchedules | null) => ({
    ...stateJson(seen),
    schedules: schedulesCountsJson(all),
  }));
  const agents = toldOnce((seen: Look) => agentsJson(seen.agents));
  const queues = toldOnce(queuesJson);
  return [
    route({
      ...{ method: 'get', path: '/api/state', scope: 'read', tag: 'State' },
      summary: 'Everything at one moment; the head of what waits',
      answer: stateAnswer,
      handle: async () => {
        const [seen, all] = await Promise.all([
          look.within(READ_AGE_MS),
          soon(schedules.within(SCHEDULES_MS), PATIENCE_MS),
        ]);
        return told(seen, all);
      },
    }),
    route({
      ...{ method: 'get', path: '/api/agents', scope: 'read', tag: 'State' },
      summary: 'Each agent: slots, health, where it works',
      answer: agentsAnswer,
      handle: async () => agents(await look.within(READ_AGE_MS)),
    }),
    route({
      ...{ method: 'get', path: '/api/pools', scope: 'read', tag: 'State' },
      summary: 'Each pool: its line, what waits, what came and left in the last hour',
      answer: poolsAnswer,
      handle: async () => poolsJson(await pools('', READ_AGE_MS)),
    }),
    route({
      ...{ method: 'get', path: '/api/queues', scope: 'read', tag: 'State' },
      summary: 'Each queue that an agent serves or an open task has, and its open tasks by phase',
      answer: queuesAnswer,
      handle: async () => queues(await look.within(READ_AGE_MS)),
    }),
    route({
      ...{ method: 'get', path: '/api/explain', scope: 'read', tag: 'State' },
      summary: 'All open tasks by what keeps them from running',
      answer: z.looseObject({ scheduler: shape.schedulerWord, open: shape.count, problems: shape.problems }),
      handle: async () => backlogJson(await backlog('', READ_AGE_MS)),
    }),
  ];
}

/** Nobody waits for long for the schedules: thousands of them take a while, and they are told as soon as they are known. */
const PATIENCE_MS = 500;

/** One snapshot for those who show all of it. */
export function stateJson({ atMs, status, tasks }: Look): Record<string, unknown> {
  return {
    at: isoTime(atMs),
    ...statusJson(status),
    open: tasks?.length ?? null,
    open_by_phase: tasks === null ? null : byPhase(tasks),
  };
}

function byPhase(tasks: readonly OpenTask[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { phase } of tasks) counts[phase] = (counts[phase] ?? 0) + 1;
  return counts;
}

function queuesJson({ atMs, agents, tasks }: Look): Record<string, unknown> {
  const served = groupedBy(agents.agents, ({ queue }) => queue);
  const wanted = groupedBy(tasks ?? [], ({ queue }) => queue);
  const names = [...new Set([...served.keys(), ...wanted.keys()])].filter((queue) => queue !== null).sort();
  return {
    at: isoTime(atMs),
    queues: names.map((queue) => ({
      queue,
      agents: (served.get(queue) ?? []).map(({ name }) => name),
      open: tasks === null ? null : (wanted.get(queue)?.length ?? 0),
      open_by_phase: tasks === null ? null : byPhase(wanted.get(queue) ?? []),
    })),
    without_queue: tasks === null ? null : (wanted.get(null)?.length ?? 0),
  };
}
