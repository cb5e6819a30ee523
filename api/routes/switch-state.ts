import { z } from '@hono/zod-openapi';
import type { Selection } from '../../client/scheduler-client.ts';
import { wordOf } from '../../client/status.ts';
import { isMeant, type Switches } from '../../client/turned.ts';
import type { Look } from '../../contract/listings.ts';
import { schedulerError } from '../../words/errors.ts';
import * as is from './shapes.ts';

export const switchShape = z
  .strictObject({
    scheduler: is.schedulerWord,
    paused: z.boolean(),
    stopped: z.boolean(),
    agents: z.array(
      z.strictObject({
        name: is.text,
        queue: is.textOrNull,
        held: is.count,
        limit: is.count,
        paused: z.boolean(),
        pool_paused: z.boolean(),
        stopped: z.boolean(),
        pool_stopped: z.boolean(),
      }),
    ),
  })
  .openapi('Switches');

/** How the switches stand that a request is about. */
export function switchesJson(status: Switches, what: Selection): Record<string, unknown> {
  return {
    scheduler: wordOf(status),
    paused: status.paused,
    stopped: status.stopped === true,
    agents: status.agents.filter(isMeant(what)).map((agent) => ({
      ...{ name: agent.name, queue: agent.queue, held: agent.held, limit: agent.limit },
      ...{ paused: agent.paused, pool_paused: agent.poolPaused },
      ...{ stopped: agent.stopped === true, pool_stopped: agent.poolStopped === true },
    })),
  };
}

/** As the scheduler would refuse it. @throws `no-such-agent` @throws `no-such-queue` @throws `leaving-agent` */
export function refuseUnknown({ status }: Look, { agent, queue }: Selection): void {
  const found = status.agents.filter(
    isMeant({ ...(agent !== undefined && { agent }), ...(queue !== undefined && { queue }) }),
  );
  if (agent !== undefined) {
    const [known] = found;
    if (known === undefined)
      throw schedulerError({
        code: 'no-such-agent',
        agent,
        known: status.agents.map(({ name }) => name).sort(),
      });
    if (!known.leaving) return;
    const taskIds = [...status.running, ...status.interrupted].filter((run) => run.agent === agent);
    throw schedulerError({ code: 'leaving-agent', agent, taskIds: taskIds.map(({ taskId }) => taskId) });
  }
  if (queue === undefined || found.length > 0) return;
  const known = [...new Set(status.agents.flatMap((each) => each.queue ?? []))].sort();
  throw schedulerError({ code: 'no-such-queue', queue, known });
}
