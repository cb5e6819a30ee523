import { z } from '@hono/zod-openapi';
import type { Selection } from '../../client/scheduler-client.ts';
import { wordOf } from '../../client/status.ts';
import type { Look } from '../../contract/listings.ts';
import type { AgentStatus, Status } from '../../contract/status.ts';
import { schedulerError } from '../../words/errors.ts';
import * as is from './shapes.ts';

export type Verb = 'pause' | 'resume' | 'stop-agents' | 'start-agents';

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

type Switched = Pick<Status, 'exists' | 'enabled' | 'daemon' | 'paused' | 'agents'> & {
  stopped?: boolean | undefined;
};

/** How the switches stand that a request is about. */
export function switchesJson(status: Switched, what: Selection): Record<string, unknown> {
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

export function isMeant({ agent, queue }: Selection): (each: AgentStatus) => boolean {
  return (each) => (agent === undefined ? queue === undefined || each.queue === queue : each.name === agent);
}

/** How they would stand: each verb turns its own switch, and no other. */
export function foretold(status: Status, verb: Verb, what: Selection): Switched {
  const on = verb === 'pause' || verb === 'stop-agents';
  const isPause = verb === 'pause' || verb === 'resume';
  if (what.agent === undefined && what.queue === undefined)
    return isPause ? { ...status, paused: on } : { ...status, stopped: on };
  const turned = (agent: AgentStatus): AgentStatus => {
    if (what.agent !== undefined)
      return isPause ? { ...agent, paused: on } : { ...agent, ...stoppedIf(on, 'stopped') };
    return isPause ? { ...agent, poolPaused: on } : { ...agent, ...stoppedIf(on, 'poolStopped') };
  };
  const { stopped, ...rest } = status;
  const agents = status.agents.map((agent) => (isMeant(what)(agent) ? turned(agent) : agent));
  return { ...rest, stopped, agents };
}

function stoppedIf(on: boolean, key: 'stopped' | 'poolStopped') {
  // Absent means that it is not; a plain false is not of the type.
  return (on ? { [key]: true } : { [key]: undefined }) as Partial<Record<typeof key, true>>;
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
