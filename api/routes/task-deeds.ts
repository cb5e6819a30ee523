import { z } from '@hono/zod-openapi';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { Note } from '../../contract/by-hand.ts';
import { sayCancelled } from '../../words/cancelled.ts';
import { sayRetried } from '../../words/retried.ts';
import type { RouteDeps } from './deps.ts';
import { type Foretold, foretellCancel, foretellRetry, foretellRunNow } from './foretold-deeds.ts';
import { type Route, route } from './route.ts';
import * as is from './shapes.ts';
import { type Place, placeJson, placeOf, placeShape } from './task-place.ts';
import { noteOf, writing } from './writing.ts';

const body = z.strictObject(writing).openapi('Deed');
export const deedShape = z
  .strictObject({
    dry_run: z.boolean(),
    did: is.text,
    says: is.textOrNull,
    before: placeShape,
    after: placeShape,
  })
  .openapi('Done');

/** What is done with one task. */
interface Deed {
  foretell(place: Place): Foretold;
  carryOut(
    client: SchedulerClient,
    taskId: number,
    note: Note,
  ): Promise<{ did: string; says: string | null }>;
}

const RETRY: Deed = {
  foretell: foretellRetry,
  async carryOut(client, taskId, note) {
    const done = await client.retry(taskId, note);
    return { did: done.did, says: sayRetried(done) };
  },
};
const CANCEL: Deed = {
  foretell: foretellCancel,
  async carryOut(client, taskId, note) {
    const done = await client.cancel(taskId, note);
    return { did: done.did, says: sayCancelled(done) };
  },
};
const RUN_NOW: Deed = {
  foretell: foretellRunNow,
  async carryOut(client, taskId) {
    await client.runNow(taskId);
    return { did: 'put-first', says: null };
  },
};

/** What is done with a task by hand. */
export function taskDeedRoutes(deps: RouteDeps): Route[] {
  const about = {
    method: 'post',
    scope: 'operate',
    tag: 'Tasks',
    params: is.taskParams,
    body,
    answer: deedShape,
  } as const;
  return [
    route({
      ...{ ...about, path: '/api/tasks/{id}/run-now' },
      summary: 'Put a task first in line, and look for work at once',
      codes: ['no-such-task', 'nothing-to-run'],
      handle: (call) => carryOut(deps, RUN_NOW, call),
    }),
    route({
      ...{ ...about, path: '/api/tasks/{id}/retry' },
      summary: 'Call back what is parked, skip a back-off, or take back what nobody works on',
      codes: ['no-such-task'],
      handle: (call) => carryOut(deps, RETRY, call),
    }),
    route({
      ...{ ...about, path: '/api/tasks/{id}/cancel' },
      summary: 'Stop the run of a task; it is parked until retry. Answers when it has stopped',
      codes: ['no-such-task', 'nothing-to-cancel', 'not-cancelled-yet'],
      handle: (call) => carryOut(deps, CANCEL, call),
    }),
  ];
}

type DeedCall = Parameters<
  Parameters<typeof route<typeof is.taskParams, undefined, typeof body>>[0]['handle']
>[0];

function carryOut(
  { scheduler, look }: RouteDeps,
  deed: Deed,
  { params, body, caller }: DeedCall,
): Promise<object> {
  return scheduler.use(async (client) => {
    const { id } = params;
    const before = await placeOf(client, await look.within(0), id);
    if (body.dry_run) {
      const { did, after } = deed.foretell(before);
      return { dry_run: true, did, says: null, before: placeJson(before), after: placeJson(after) };
    }
    const { did, says } = await deed.carryOut(client, id, noteOf(caller, body.note));
    const after = await placeOf(client, await look.within(0), id);
    return { dry_run: false, did, says, before: placeJson(before), after: placeJson(after) };
  });
}
