import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import { WELL } from '../domain/health.ts';
import { semaphoreOf } from '../domain/ids.ts';
import type { AgentLine } from '../domain/pass.ts';
import type { KnownOfAgent, PoolPolicy } from '../domain/slots/pool.ts';
import type { SemaphoreMemo } from '../domain/slots/semaphore-memo.ts';
import { type EnsuredSemaphore, ensureSemaphore, type Wanted } from './ensure-semaphore.ts';
import { poolsOf, slotPolicy } from './policies.ts';
import { signalled } from './signalled.ts';

const AT_A_TIME = 25;

/** Sees to it that every pool's semaphore runs with the configured policy, and says how each is. */
export async function askSemaphores(
  { client, config }: { client: Client; config: Config },
  registry: AgentRegistry,
  paused: boolean,
): Promise<EnsuredSemaphore[]> {
  const policies = poolsOf(config, registry);
  const there = await runningSemaphores(client);
  // First those that lose agents: they must not go on giving slots of whom another semaphore has then.
  const left = [...there.keys()].filter((semaphore) => !policies.has(semaphore));
  const wanted: Wanted[] = [
    ...left.map((semaphore) => ({ semaphore, policy: slotPolicy(config, []), moved: [] })),
    ...[...policies]
      .map(([semaphore, policy]) => ({ semaphore, policy, moved: movedTo(semaphore, policy, there) }))
      .sort((a, b) => a.moved.length - b.moved.length),
  ];
  const asked: EnsuredSemaphore[] = [];
  for (let at = 0; at < wanted.length; at += AT_A_TIME) {
    const some = wanted.slice(at, at + AT_A_TIME);
    asked.push(...(await Promise.all(some.map((one) => ensureSemaphore(client, one, paused)))));
  }
  return asked;
}

/** As the server's list has them: one that was started a moment ago may be missing, and is asked all the same. */
export async function runningSemaphores(client: Client): Promise<Map<string, SemaphoreMemo | undefined>> {
  const query = 'WorkflowType = "poolSemaphore" AND ExecutionStatus = "Running"';
  const found = new Map<string, SemaphoreMemo | undefined>();
  for await (const { workflowId, memo } of client.workflow.list({ query, pageSize: 1_000 }))
    found.set(workflowId, memo?.semaphore as SemaphoreMemo | undefined);
  return found;
}

/**
 * Agents that another semaphore has, or had and still knows, and this one has not, with what is known of them there. The
 * other one may have been told before that it has them no more.
 */
export function movedTo(
  semaphore: string,
  { agents }: PoolPolicy,
  there: ReadonlyMap<string, SemaphoreMemo | undefined>,
): KnownOfAgent[] {
  const isHere = new Set(there.get(semaphore)?.policy.agents.map(({ name }) => name) ?? []);
  const elsewhere = [...there].flatMap(([id, memo]) =>
    id === semaphore || memo === undefined ? [] : [memo],
  );
  return agents.flatMap(({ name }) => {
    if (isHere.has(name)) return [];
    const isIt = (agent: { name: string }) => agent.name === name;
    const from =
      elsewhere.find(({ policy }) => policy.agents.some(isIt)) ??
      elsewhere.find((memo) => memo.agents.some(isIt));
    if (from === undefined) return [];
    return [from.agents.find(isIt) ?? { name, limitByHand: null, paused: false, health: WELL }];
  });
}

/** A process that schedules for the first time may have mended what made an agent unwell. */
export async function tryAgain(client: Client, agents: AgentLine[]): Promise<void> {
  const unwell = new Map<string, string[]>();
  for (const agent of agents) {
    if (agent.health.state !== 'misconfigured') continue;
    const semaphore = semaphoreOf(agent);
    unwell.set(semaphore, [...(unwell.get(semaphore) ?? []), agent.name]);
  }
  await Promise.all(
    [...unwell].map(([semaphore, names]) => signalled(client, semaphore, 'try-again', names)),
  );
}

/** A semaphore that is gone finds its holders when it comes back. */
export async function lookAtHolders(client: Client, semaphore: string): Promise<void> {
  await signalled(client, semaphore, 'look-at-holders').catch(() => false);
}
