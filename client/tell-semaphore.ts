import type { Client } from '@temporalio/client';
import { loadAgents } from '../config/agent-control.ts';
import type { Config } from '../config/config.ts';
import type { pause } from '../contract/messages.ts';
import { poolId, semaphoreOf } from '../domain/semaphore-id.ts';
import { runningSemaphores } from '../temporal/semaphores.ts';
import { signalled } from '../temporal/signalled.ts';

/**
 * Signals the semaphore of a queue, or that of an agent about this agent. It needs neither TinyTask nor a worker. Throws,
 * with the names that there are, where there is none.
 */
export async function tellSemaphore(
  { client, config }: { client: Client; config: Config },
  about: { agent: string } | { queue: string },
  message: typeof pause,
): Promise<void> {
  const { agents } = await loadAgents(config, { keep: false });
  const there = await runningSemaphores(client);
  if ('queue' in about) {
    const id = poolId(about.queue);
    const queues = [...new Set(agents.flatMap((agent) => agent.queue ?? []))];
    const isKnown = there.has(id) || queues.includes(about.queue);
    if (isKnown && (await signalled(client, id, message, undefined))) return;
    throw nothingThere('queue', about.queue, queues);
  }
  const { agent } = about;
  const configured = agents.find(({ name }) => name === agent);
  // Another host may have other agents in its file than this one.
  const served = [...there].find(([, memo]) => memo?.policy.agents.some(({ name }) => name === agent))?.[0];
  const semaphore = served ?? (configured && semaphoreOf(configured));
  if (semaphore !== undefined && (await signalled(client, semaphore, message, agent))) return;
  const names = [...there.values()].flatMap((memo) => memo?.policy.agents ?? []).map(({ name }) => name);
  throw nothingThere('agent', agent, names);
}

function nothingThere(what: 'agent' | 'queue', name: string, known: string[]): Error {
  const names = known.sort().slice(0, 50).join(', ') || 'none yet';
  return new Error(`There is no ${what} ${JSON.stringify(name)} that has had a pass. There are: ${names}.`);
}
