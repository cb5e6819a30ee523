import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import { inBatches } from '../../contract/in-batches.ts';
import type { SemaphoreMemo } from '../../contract/memos.ts';
import { lookAtHolders as lookAtHoldersNow, tryAgainNow } from '../../contract/messages.ts';
import type { AgentRegistry } from '../../domain/agent.ts';
import { groupedBy } from '../../domain/grouped.ts';
import type { AgentLine } from '../../domain/plan/agent-line.ts';
import { semaphoreOf } from '../../domain/semaphore-id.ts';
import { type AgentPolicy, type KnownOfAgent, unknownAgent } from '../../domain/slots/agent-slots.ts';
import type { PoolPolicy } from '../../domain/slots/pool.ts';
import { runsOfAgents } from '../../temporal/runs.ts';
import { runningSemaphores } from '../../temporal/semaphores.ts';
import { signalled } from '../../temporal/signalled.ts';
import { poolsOf, slotPolicy } from '../policies.ts';
import { type EnsuredSemaphore, ensureSemaphore, type Now, type Wanted } from './ensure-semaphore.ts';

const AT_A_TIME = 25;

type Deps = { client: Client; config: Config };

/** Sees to it that every pool's semaphore runs with the configured policy, and says how each is. */
export async function askSemaphores(
  deps: Deps,
  registry: AgentRegistry,
  now: Now,
): Promise<EnsuredSemaphore[]> {
  const policies = poolsOf(deps.config, registry, now.nowMs);
  const running = await runningSemaphores(deps.client);
  const semaphores = new Set([...running.keys(), ...policies.keys()]);
  return ensureAll(deps, semaphores, { policies, running, now });
}

/** The same for one semaphore that is missing, and for those from which its agents come. */
export async function askSemaphore(
  deps: Deps,
  semaphore: string,
  registry: AgentRegistry,
  now: Now,
): Promise<void> {
  const policies = poolsOf(deps.config, registry, now.nowMs);
  const running = await runningSemaphores(deps.client);
  const names = new Set(policies.get(semaphore)?.agents.map(({ name }) => name));
  const from = [...running].filter(([, memo]) => memo?.policy.agents.some(({ name }) => names.has(name)));
  await ensureAll(deps, new Set([...from.map(([id]) => id), semaphore]), { policies, running, now });
}

type RunningSemaphores = ReadonlyMap<string, SemaphoreMemo | undefined>;

async function ensureAll(
  { client, config }: Deps,
  semaphores: ReadonlySet<string>,
  {
    policies,
    running,
    now,
  }: { policies: ReadonlyMap<string, PoolPolicy>; running: RunningSemaphores; now: Now },
): Promise<EnsuredSemaphore[]> {
  const wanted = [...semaphores].map((semaphore): Wanted => {
    const policy = policies.get(semaphore) ?? slotPolicy(config, []);
    return { semaphore, policy, moved: movedTo(semaphore, policy, running) };
  });
  await addRunsElsewhere(client, wanted, running);
  // First those that lose agents: they must give no more slots of an agent when another semaphore has it.
  wanted.sort((a, b) => a.moved.length - b.moved.length);
  return inBatches(wanted, (one) => ensureSemaphore(client, one, now), AT_A_TIME);
}

/**
 * Agents that are new to this semaphore and that another one has, or had and still knows, with what that one knows of them.
 */
export function movedTo(semaphore: string, policy: PoolPolicy, running: RunningSemaphores): KnownOfAgent[] {
  const elsewhere = [...running].flatMap(([id, memo]) => (id === semaphore || !memo ? [] : [memo]));
  return newTo(semaphore, policy, running).flatMap(({ name, limit }) => {
    const had = elsewhere.find((memo) => memo.policy.agents.some((agent) => agent.name === name));
    // One that left the configuration, and returns, is known where it was.
    const from = had ?? elsewhere.find((memo) => memo.agents.some((agent) => agent.name === name));
    if (from === undefined) return [];
    const known = asMoved(from.agents.find((agent) => agent.name === name) ?? unknownAgent(name));
    const was = from.policy.agents.find((agent) => agent.name === name)?.limit ?? limit;
    return [was === limit ? known : { ...known, limitByHand: null }];
  });
}

/** What runs with a slot of the pool that it comes from is of that pool's budget. */
function asMoved({ tokens, ...agent }: KnownOfAgent): KnownOfAgent {
  if (tokens === undefined) return agent;
  const open = tokens.open.map((each) => ({ ...each, elsewhere: true as const }));
  return { ...agent, tokens: { ...tokens, open } };
}

function newTo(semaphore: string, policy: PoolPolicy, running: RunningSemaphores): AgentPolicy[] {
  const isHere = new Set(running.get(semaphore)?.policy.agents.map(({ name }) => name));
  return policy.agents.filter(({ name }) => !isHere.has(name));
}

/** An agent that no semaphore knows may still have runs, of a time before: then it counts as moved. */
async function addRunsElsewhere(client: Client, wanted: Wanted[], running: RunningSemaphores): Promise<void> {
  const strangers = wanted.flatMap((one) => {
    const known = new Set(one.moved.map(({ name }) => name));
    return newTo(one.semaphore, one.policy, running)
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => ({ name, one }));
  });
  const names = strangers.map(({ name }) => name);
  const busy = new Map(
    (await runsOfAgents(client, names)).flatMap(({ agent, memo }) =>
      agent ? [[agent, memo?.semaphore]] : [],
    ),
  );
  for (const { name, one } of strangers) {
    if (busy.has(name) && busy.get(name) !== one.semaphore) one.moved.push(unknownAgent(name));
  }
}

/** A process that schedules for the first time may have mended what made an agent unwell. */
export async function tryAgain(client: Client, agents: AgentLine[]): Promise<void> {
  const unwell = groupedBy(
    agents.filter(({ health }) => health.state === 'misconfigured'),
    semaphoreOf,
  );
  await Promise.all(
    [...unwell].map(([semaphore, members]) => {
      const names = members.map(({ name }) => name);
      return signalled(client, semaphore, tryAgainNow, names);
    }),
  );
}

/**
 * Has a semaphore look whether its holders are still open. One that is gone does so by itself when it comes back. Throws where
 * it cannot be told: the scheduler forgets the lost run with this survey, so nobody would tell it later.
 */
export async function lookAtHolders(client: Client, semaphore: string): Promise<void> {
  await signalled(client, semaphore, lookAtHoldersNow);
}
