import { randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { passJson } from '../../client/json/pass.ts';
import { MOST_SLOTS } from '../../contract/contents.ts';
import type { Look, OpenTask } from '../../contract/listings.ts';
import { schedulerError } from '../../words/errors.ts';
import type { RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as is from './shapes.ts';
import { passAnswer } from './state-shapes.ts';
import { refuseUnknown } from './switch-state.ts';
import { tasksIn } from './tasks.ts';
import { noteOf, writing } from './writing.ts';

/** How long a worker may take to take a pass. */
const ACCEPT_MS = 3_000;

const limitBody = z
  .strictObject({
    slots: z.int().min(0).max(MOST_SLOTS).nullable().openapi({ description: 'Null: as configured again.' }),
    ...writing,
  })
  .openapi('LimitBody');
const slots = z.strictObject({
  slots: is.countOrNull.openapi({ description: 'Null: as configured, which a dry run does not look up.' }),
  held: is.count,
});
const limitAnswer = z
  .strictObject({
    dry_run: z.boolean(),
    agent: is.text,
    before: slots,
    after: slots,
    configured: is.countOrNull,
    by_hand: z.boolean(),
  })
  .openapi('LimitSet');

const passBody = z.strictObject({ dry_run: writing.dry_run }).openapi('PassBody');
/** Tasks that have a run, and open ones that have none; null while TinyTask does not answer. */
const counts = z.strictObject({ running: is.count, with_a_run: is.count, without_a_run: is.countOrNull });
const passed = z
  .strictObject({
    dry_run: z.boolean(),
    before: counts,
    after: counts,
    would_start: z.array(z.int()),
    pass: is.orNull(passAnswer),
  })
  .openapi('Passed');

/** What makes the scheduler look, and how much it may start. */
export function schedulingRoutes({ scheduler, look }: RouteDeps): Route[] {
  return [
    route({
      ...{
        method: 'post',
        path: '/api/pass',
        scope: 'operate',
        tag: 'Switches',
        body: passBody,
        answer: passed,
      },
      summary: 'One full pass now, answered with what it started',
      codes: ['no-daemon'],
      handle: async ({ body: { dry_run: dryRun } }) => {
        const seen = await look.within(0);
        const before = countsOf(seen);
        if (dryRun) {
          const starting = tasksIn(seen).filter(({ waits }) => waits?.reason.why === 'starting');
          const after = withStarted(before, starting.length);
          return { dry_run: true, before, after, would_start: starting.map(idOf), pass: null };
        }
        const asked = { id: randomUUID(), once: false, acceptMs: ACCEPT_MS };
        const report = await scheduler.use((client) => client.pass(asked));
        if (report === undefined) throw schedulerError({ code: 'no-daemon', withinMs: ACCEPT_MS });
        const after = countsOf(await look.within(0));
        return { dry_run: false, before, after, would_start: [], pass: passJson(report) };
      },
    }),
    route({
      ...{ method: 'post', path: '/api/agents/{name}/limit', scope: 'admin', tag: 'Switches' },
      ...{ params: is.agentParams, body: limitBody, answer: limitAnswer },
      summary: 'Slots of an agent for now, until its configured limit changes',
      codes: ['no-such-agent', 'leaving-agent'],
      handle: async ({ params: { name: agent }, body, caller }) => {
        const { slots: wanted, note, dry_run: dryRun } = body;
        const seen = await look.within(0);
        const known = seen.status.agents.find(({ name }) => name === agent);
        const before = { slots: known?.limit ?? null, held: known?.held ?? 0 };
        if (dryRun) {
          refuseUnknown(seen, { agent });
          const after = { slots: wanted, held: before.held };
          return { dry_run: true, agent, before, after, configured: null, by_hand: wanted !== null };
        }
        const set = await scheduler.use((client) => client.setLimit(agent, wanted, noteOf(caller, note)));
        const after = { slots: set.slots, held: set.held };
        return { dry_run: false, agent, before, after, configured: set.configured, by_hand: set.byHand };
      },
    }),
  ];
}

const idOf = ({ taskId }: OpenTask) => taskId;

type Counts = z.output<typeof counts>;

function countsOf({ status, tasks }: Look): Counts {
  const { running, interrupted, queued, backingOff, parked } = status;
  const runs = [running, interrupted, queued, backingOff, parked].flat().length;
  const without = tasks?.filter(({ run }) => run === null).length ?? null;
  return { running: running.length, with_a_run: runs, without_a_run: without };
}

/** What starts waits for its slot first, so it does not run yet. */
function withStarted({ running, with_a_run: runs, without_a_run: without }: Counts, count: number): Counts {
  return { running, with_a_run: runs + count, without_a_run: without === null ? null : without - count };
}
