import type { Client } from '@temporalio/client';
import { loadAgents } from '../config/agent-control.ts';
import type { Config } from '../config/config.ts';
import type { Note } from '../contract/by-hand.ts';
import { type pause, setLimit } from '../contract/messages.ts';
import type { LimitSet } from '../contract/status.ts';
import { poolId, semaphoreOf, type Whose } from '../domain/semaphore-id.ts';
import { runsOfAgents } from '../temporal/runs.ts';
import { runningSemaphores } from '../temporal/semaphores.ts';
import { signalled } from '../temporal/signalled.ts';
import { schedulerError } from '../words/errors.ts';

export interface TellDeps {
  client: Client;
  config: Config;
}

/**
 * Signals the semaphore of a queue, or that of an agent about this agent. It needs neither TinyTask nor a worker.
 * @throws `no-such-queue` @throws `no-such-agent`
 */
export function tellSemaphore(
  deps: TellDeps,
  about: Whose,
  message: typeof pause,
  note: Note | undefined,
): Promise<void> {
  return withSemaphore(deps, about, (semaphore, agent) =>
    signalled(deps.client, semaphore, message, agent, note),
  );
}

/**
 * Sets the slots of an agent until the configured limit changes; null: as configured.
 * @throws `no-such-agent`
 */
export async function limitAgent(
  deps: TellDeps,
  { agent, slots, note }: { agent: string; slots: number | null; note: Note | undefined },
): Promise<LimitSet> {
  await withSemaphore(deps, { agent }, (semaphore) =>
    signalled(deps.client, semaphore, setLimit, slots, agent, note),
  );
  const { agents } = await loadAgents(deps.config, { keep: false });
  const memos = [...(await runningSemaphores(deps.client)).values()];
  const policies = memos.flatMap((memo) => memo?.policy.agents ?? []);
  const configured = [...policies, ...agents].find(({ name }) => name === agent)?.limit ?? null;
  const runs = await runsOfAgents(deps.client, [agent]);
  const held = runs.filter((run) => run.phase === 'running' && run.agent === agent).length;
  return { agent, slots: slots ?? configured ?? 0, configured, byHand: slots !== null, held };
}

/** @throws `no-such-queue` @throws `no-such-agent` @throws `leaving-agent` where there is none to tell */
export async function withSemaphore(
  { client, config }: TellDeps,
  about: Whose,
  tell: (semaphore: string, agent: string | undefined) => Promise<boolean>,
): Promise<void> {
  const { agents } = await loadAgents(config, { keep: false });
  const there = await runningSemaphores(client);
  if ('queue' in about) {
    const { queue } = about;
    const id = poolId(queue);
    const queues = [...new Set(agents.flatMap((agent) => agent.queue ?? []))];
    const isKnown = there.has(id) || queues.includes(queue);
    if (isKnown && (await tell(id, undefined))) return;
    throw schedulerError({ code: 'no-such-queue', queue, known: queues.sort() });
  }
  const { agent } = about;
  const configured = agents.find(({ name }) => name === agent);
  // Another host may have other agents in its file than this one.
  const served = [...there].find(([, memo]) => memo?.policy.agents.some(({ name }) => name === agent))?.[0];
  const semaphore = served ?? (configured && semaphoreOf(configured));
  if (semaphore !== undefined && (await tell(semaphore, agent))) return;
  const runs = (await runsOfAgents(client, [agent])).filter(
    (run) => run.phase === 'running' && run.agent === agent,
  );
  const taskIds = runs.map(({ taskId }) => taskId).sort((a, b) => a - b);
  if (taskIds.length > 0) throw schedulerError({ code: 'leaving-agent', agent, taskIds });
  const known = [...there.values()].flatMap((memo) => memo?.policy.agents ?? []).map(({ name }) => name);
  throw schedulerError({ code: 'no-such-agent', agent, known: known.sort() });
}
