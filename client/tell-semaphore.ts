import type { Client } from '@temporalio/client';
import { loadAgents } from '../config/agent-control.ts';
import type { Config } from '../config/config.ts';
import type { pause } from '../contract/messages.ts';
import { poolId, semaphoreOf, type Whose } from '../domain/semaphore-id.ts';
import { runningSemaphores } from '../temporal/semaphores.ts';
import { signalled } from '../temporal/signalled.ts';
import { schedulerError } from '../words/errors.ts';

/**
 * Signals the semaphore of a queue, or that of an agent about this agent. It needs neither TinyTask nor a worker.
 * @throws `no-such-queue` @throws `no-such-agent`
 */
export async function tellSemaphore(
  { client, config }: { client: Client; config: Config },
  about: Whose,
  message: typeof pause,
): Promise<void> {
  const { agents } = await loadAgents(config, { keep: false });
  const there = await runningSemaphores(client);
  if ('queue' in about) {
    const { queue } = about;
    const id = poolId(queue);
    const queues = [...new Set(agents.flatMap((agent) => agent.queue ?? []))];
    const isKnown = there.has(id) || queues.includes(queue);
    if (isKnown && (await signalled(client, id, message, undefined))) return;
    throw schedulerError({ code: 'no-such-queue', queue, known: queues.sort() });
  }
  const { agent } = about;
  const configured = agents.find(({ name }) => name === agent);
  // Another host may have other agents in its file than this one.
  const served = [...there].find(([, memo]) => memo?.policy.agents.some(({ name }) => name === agent))?.[0];
  const semaphore = served ?? (configured && semaphoreOf(configured));
  if (semaphore !== undefined && (await signalled(client, semaphore, message, agent))) return;
  const known = [...there.values()].flatMap((memo) => memo?.policy.agents ?? []).map(({ name }) => name);
  throw schedulerError({ code: 'no-such-agent', agent, known: known.sort() });
}
