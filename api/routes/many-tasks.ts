import { z } from '@hono/zod-openapi';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { type Failure, SchedulerError } from '../../contract/errors.ts';
import type { TaskDone } from '../../contract/status.ts';
import { sayCancelled } from '../../words/cancelled.ts';
import { sayRetried } from '../../words/retried.ts';
import { oneFailure, oneFailureJson } from '../answer/one-failure.ts';
import type { RouteDeps } from './deps.ts';
import { type Foretold, foretellCancel, foretellRetry } from './foretold-deeds.ts';
import { type Route, route } from './route.ts';
import * as is from './shapes.ts';
import { type Place, placeIn, placeJson, placeOf, placeShape } from './task-place.ts';
import { noteOf, writing } from './writing.ts';

/** In one request; of more the first are done, and how many are left is told. */
const MOST = 1_000;

const ids = z.array(z.int().min(1).max(is.MOST_TASK_ID)).min(1).max(MOST).optional();
const all = z.literal(true).optional();
const ONE_OF = 'give either task_ids, or all, or what they are of';

const cancelBody = z
  .strictObject({ task_ids: ids, all, agent: is.name.optional(), queue: is.name.optional(), ...writing })
  .refine(
    (each) =>
      [each.task_ids, each.all, each.agent, each.queue].filter((one) => one !== undefined).length === 1,
    ONE_OF,
  )
  .openapi('CancelMany', { minProperties: 1 });
const retryBody = z
  .strictObject({
    task_ids: ids,
    all,
    agent: is.name.optional(),
    reason: z.string().min(1).max(200).optional(),
    ...writing,
  })
  .refine((each) => {
    const isSelection = each.all !== undefined || each.agent !== undefined || each.reason !== undefined;
    return isSelection !== (each.task_ids !== undefined);
  }, ONE_OF)
  .openapi('RetryMany', { minProperties: 1 });

export const doneMany = z
  .strictObject({
    dry_run: z.boolean(),
    tasks: z.array(
      z.strictObject({
        task_id: z.int(),
        did: is.textOrNull,
        says: is.textOrNull,
        problem: oneFailure.nullable(),
        before: is.orNull(placeShape),
        after: is.orNull(placeShape),
      }),
    ),
    failed: is.count,
    left: is.count.openapi({ description: 'So many more are meant: the same request again does the next.' }),
  })
  .openapi('DoneMany');

/** What is done with many tasks at once; one that fails keeps no other from being done. */
export function manyTasksRoutes(deps: RouteDeps): Route[] {
  const about = { method: 'post', scope: 'operate', tag: 'Tasks', answer: doneMany } as const;
  return [
    route({
      ...{ ...about, path: '/api/tasks/retry', body: retryBody },
      summary: 'Retry many tasks: these, or what is parked: all, of an agent, by a reason',
      codes: ['no-such-agent'],
      handle: ({ body: { task_ids: taskIds, agent, reason, note, dry_run: dryRun }, caller }) =>
        doEach(deps, {
          ...{ dryRun, foretell: foretellRetry },
          choose: async (client) =>
            taskIds ??
            client.parked({ ...(agent !== undefined && { agent }), ...(reason !== undefined && { reason }) }),
          carryOut: async (client, chosen) =>
            (await client.retryEach(chosen, noteOf(caller, note))).map((one) => toldOf(one, sayRetried)),
        }),
    }),
    route({
      ...{ ...about, path: '/api/tasks/cancel', body: cancelBody },
      summary:
        'Cancel many runs: these, all, or those of an agent or a queue. Answers when they have stopped',
      codes: ['no-such-agent', 'no-such-queue'],
      handle: ({ body: { task_ids: taskIds, agent, queue, note, dry_run: dryRun }, caller }) => {
        const what = { ...(agent !== undefined && { agent }), ...(queue !== undefined && { queue }) };
        return doEach(deps, {
          ...{ dryRun, foretell: foretellCancel },
          choose: async (client) => taskIds ?? client.cancellable(what),
          carryOut: async (client, chosen) =>
            (await client.cancelEach(chosen, noteOf(caller, note))).map((one) => toldOf(one, sayCancelled)),
        });
      },
    }),
  ];
}

interface Told {
  taskId: number;
  did: string | null;
  says: string | null;
  failure: Failure | null;
}

function toldOf<Done extends { did: string }>(one: TaskDone<Done>, say: (done: Done) => string): Told {
  const { taskId } = one;
  if ('failure' in one) return { taskId, did: null, says: null, failure: one.failure };
  return { taskId, did: one.done.did, says: say(one.done), failure: null };
}

interface Many {
  dryRun: boolean | undefined;
  choose(client: SchedulerClient): Promise<number[]>;
  foretell(place: Place): Foretold;
  carryOut(client: SchedulerClient, taskIds: number[]): Promise<Told[]>;
}

function doEach({ scheduler, look }: RouteDeps, many: Many): Promise<object> {
  return scheduler.use(async (client) => {
    const meant = [...new Set(await many.choose(client))];
    const chosen = meant.slice(0, MOST);
    const seen = await look.within(0);
    const before = (taskId: number) => placeIn(seen, taskId);
    const told = { dry_run: many.dryRun === true, left: meant.length - chosen.length };
    if (many.dryRun) {
      const each = await inTurns(chosen, (taskId) =>
        foretellOne(many, () => placeOf(client, seen, taskId), taskId),
      );
      const after = new Map(each.map(([one, place]) => [one.taskId, place]));
      return {
        ...told,
        ...rows(
          each.map(([one]) => one),
          before,
          (taskId) => after.get(taskId),
        ),
      };
    }
    const done = await inTime(chosen, (some) => many.carryOut(client, some));
    const then = await look.within(0);
    const left = meant.length - done.length;
    return { ...told, left, ...rows(done, before, (taskId) => placeIn(then, taskId)) };
  });
}

/** Nobody waits for minutes: what is not begun by then is left. */
const BEGUN_MS = 20_000;

async function inTime(
  taskIds: readonly number[],
  work: (some: number[]) => Promise<Told[]>,
): Promise<Told[]> {
  const untilMs = performance.now() + BEGUN_MS;
  const done: Told[] = [];
  for (let from = 0; from < taskIds.length && performance.now() < untilMs; from += AT_A_TIME)
    done.push(...(await work(taskIds.slice(from, from + AT_A_TIME))));
  return done;
}

async function foretellOne(
  { foretell }: Many,
  place: () => Promise<Place>,
  taskId: number,
): Promise<[Told, Place | undefined]> {
  try {
    const { did, after } = foretell(await place());
    return [{ taskId, did, says: null, failure: null }, after];
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    return [{ taskId, did: null, says: null, failure: error.failure }, undefined];
  }
}

/** TinyTask has other things to do, too. */
const AT_A_TIME = 25;

async function inTurns<T>(taskIds: readonly number[], work: (taskId: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let from = 0; from < taskIds.length; from += AT_A_TIME)
    done.push(...(await Promise.all(taskIds.slice(from, from + AT_A_TIME).map(work))));
  return done;
}

type PlaceOf = (taskId: number) => Place | undefined;

function rows(done: readonly Told[], before: PlaceOf, after: PlaceOf): Record<string, unknown> {
  const json = (place: Place | undefined) => (place === undefined ? null : placeJson(place));
  return {
    tasks: done.map(({ taskId, did, says, failure }) => ({
      ...{ task_id: taskId, did, says, problem: failure && oneFailureJson(failure) },
      ...{ before: json(before(taskId)), after: json(after(taskId)) },
    })),
    failed: done.filter(({ failure }) => failure !== null).length,
  };
}
