import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import { semaphoreId } from '../domain/ids.ts';
import type { AgentLine } from '../domain/pass.ts';
import { type EnsuredSemaphore, ensureSemaphore } from './ensure-semaphore.ts';
import { slotPolicy } from './policies.ts';
import { signalled } from './signalled.ts';

/** Sees to it that every agent's semaphore runs with the configured policy, and says how each is. */
export async function askSemaphores(
  { client, config }: { client: Client; config: Config },
  { agents }: AgentRegistry,
  paused: boolean,
): Promise<EnsuredSemaphore[]> {
  const asked: EnsuredSemaphore[] = [];
  for (let at = 0; at < agents.length; at += 25) {
    const some = agents.slice(at, at + 25);
    asked.push(
      ...(await Promise.all(
        some.map((agent) => ensureSemaphore(client, agent, slotPolicy(config, agent.limit), paused)),
      )),
    );
  }
  return asked;
}

/** A process that schedules for the first time may have mended what made an agent unwell. */
export async function tryAgain(client: Client, agents: AgentLine[]): Promise<void> {
  const unwell = agents.filter((agent) => agent.health.state === 'misconfigured');
  await Promise.all(unwell.map((agent) => signalled(client, semaphoreId(agent.name), 'try-again')));
}

/** A semaphore that is gone finds its holders when it comes back. */
export async function lookAtHolders(client: Client, agent: string): Promise<void> {
  await signalled(client, semaphoreId(agent), 'look-at-holders').catch(() => false);
}
