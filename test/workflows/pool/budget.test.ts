import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureSemaphore } from '../../../activities/slots/ensure-semaphore.ts';
import type { FoundRun } from '../../../contract/activities.ts';
import type { PoolChanged } from '../../../contract/contents.ts';
import { SCHEDULER_ID } from '../../../contract/ids.ts';
import { type SemaphoreMemo, semaphoreMemoIn } from '../../../contract/memos.ts';
import { poolId } from '../../../domain/semaphore-id.ts';
import type { Grant, PoolPolicy } from '../../../domain/slots/pool.ts';
import type { RunRef } from '../../../domain/slots/run-ref.ts';
import type { Spent } from '../../../domain/slots/tokens.ts';
import { eventually } from '../../support/eventually.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { poolPolicy } from '../../support/pools.ts';
import { received, standIn } from '../../support/stand-ins.ts';
import { startStubbed } from '../../support/stubbed-scheduler.ts';
import { rankOfTask } from '../../support/tasks.ts';

// The budgets of a semaphore on a real server, over what ends it: its rules are in test/domain/slots/budget.test.ts.
const HEARTBEAT_TIMEOUT_MS = 3_000;

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startStubbed>>;
/** What is open at the server, by semaphore. */
const open = new Map<string, FoundRun[]>();
beforeAll(async () => {
  server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': 60 });
  await standIn(server.client, SCHEDULER_ID);
  const openRunsOf = async ({ semaphore }: { semaphore: string }) => open.get(semaphore) ?? [];
  const lookAtRuns = async (runs: RunRef[]) =>
    runs.map((run) => ({ ...run, closedAtMs: null, inOrder: false, mayHold: true, agent: 'ada' }));
  worker = await startStubbed(server.address, { openRunsOf, lookAtRuns }, { daemon: false });
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});

let last = 0;

interface Asking {
  taskId: number;
  ref: RunRef;
}

class Budgeted {
  readonly semaphore = poolId(`b${++last}`);

  constructor(
    readonly tokensPerDay: number,
    readonly endsMs = Date.now() + 3_600_000,
  ) {}

  get handle(): WorkflowHandle {
    return server.client.workflow.getHandle(this.semaphore);
  }

  /** As each full pass does it: started where it is missing, told of what has changed. */
  async ensure(): Promise<this> {
    const { semaphore, policy } = this;
    await ensureSemaphore(
      server.client,
      { semaphore, policy, moved: [] },
      { paused: false, nowMs: Date.now() },
    );
    return this;
  }

  get policy(): PoolPolicy {
    const budget = { tokensPerDay: this.tokensPerDay, timeZone: 'UTC' };
    const policy = poolPolicy({ ada: 2 });
    const agents = policy.agents.map((agent) => ({ ...agent, budget }));
    const days = [
      { day: '2026-11-26', endsMs: this.endsMs },
      { day: '2026-11-27', endsMs: this.endsMs + 86_400_000 },
    ];
    const zones = [{ timeZone: 'UTC', days }];
    return { ...policy, heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS, agents, budget, zones };
  }

  async ask(): Promise<Asking> {
    const taskId = 900 + ++last;
    const workflowId = `task-${taskId}`;
    const ref = { workflowId, runId: await standIn(server.client, workflowId) };
    await this.handle.signal('request', { ...ref, rank: rankOfTask(taskId), rankedAtMs: 1, wants: null });
    return { taskId, ref };
  }

  release({ ref }: Asking, { fence }: Grant, spent?: Spent): Promise<void> {
    return this.handle.signal('release', { ...ref, fence, verdict: null, spent });
  }

  async memo(): Promise<SemaphoreMemo> {
    return semaphoreMemoIn((await this.handle.describe()).memo) as SemaphoreMemo;
  }

  /** As everybody reads it: used, unknown (attempts), reserved, of the agent and of the pool. */
  async counts(): Promise<string[]> {
    const { agents, tokens } = await this.memo();
    return [agents[0]?.tokens, tokens].map((ledger) => {
      const { used, unknown, unknownAttempts, reserved } = ledger?.today ?? {};
      return `${used} ${unknown}(${unknownAttempts}) ${reserved}`;
    });
  }

  async count(what: string): Promise<void> {
    let now: string[] = [];
    await eventually(`${this.semaphore} counts ${what}`, async () => {
      now = await this.counts();
      return now.every((each) => each === what);
    }).catch((error: Error) => {
      throw new Error(`${error.message}: it counts ${now.join(', ')}`);
    });
  }
}

const took = (tokens: number | null): Spent => ({ agent: 'ada', tokens, recipe: 'ada' });

async function granted({ ref }: Asking): Promise<Grant> {
  return eventually(`${ref.workflowId} is granted`, async () => {
    const signals = await received(server.client, ref.workflowId);
    return signals.find(({ name }) => name === 'grant')?.content as Grant | undefined;
  });
}

async function toldScheduler(semaphore: string): Promise<PoolChanged[]> {
  const all = (await received(server.client, SCHEDULER_ID)).map(({ content }) => content as PoolChanged);
  return all.filter((each) => each.semaphore === semaphore);
}

async function foundRun({ taskId, ref }: Asking): Promise<FoundRun> {
  return { ...ref, phase: 'running', agent: 'ada', wants: null, rank: rankOfTask(taskId), rankedAtMs: 1 };
}

test('terminated with attempts under way: what it knew, what is told meanwhile and what nobody tells count once', async () => {
  const pool = await new Budgeted(1_000).ensure();
  const first = await pool.ask();
  await pool.release(first, await granted(first), took(100));
  await pool.count('100 0(0) 0');
  const [lost, late] = [await pool.ask(), await pool.ask()];
  const [, ofLate] = [await granted(lost), await granted(late)];
  await pool.count('100 0(0) 200');

  await pool.handle.terminate('by a test');
  open.set(pool.semaphore, [await foundRun(late)]);
  await pool.ensure();
  await pool.count('100 0(0) 200');
  // By the fence of the semaphore that is gone, and twice.
  for (const _ of [1, 2]) await pool.release(late, ofLate, took(30));
  await pool.count('130 0(0) 100');
  // The host of the other one was lost with it: nobody ever tells, and the second look does not find it.
  open.set(pool.semaphore, []);
  await pool.count('130 100(1) 0');
  const next = await pool.ask();
  await granted(next);
});

test('a grant and its reservation are written down in one step', async () => {
  const pool = await new Budgeted(1_000).ensure();
  const first = await pool.ask();
  await pool.release(first, await granted(first), took(100));
  const second = await pool.ask();
  await granted(second);
  const { events = [] } = await pool.handle.fetchHistory();
  // The id of the workflow task that decided each.
  const sent = events?.flatMap(({ signalExternalWorkflowExecutionInitiatedEventAttributes: signal }) =>
    signal?.signalName === 'grant' ? [Number(signal.workflowTaskCompletedEventId)] : [],
  );
  const written = events?.flatMap(({ workflowPropertiesModifiedEventAttributes: memo }) =>
    memo ? [Number(memo.workflowTaskCompletedEventId)] : [],
  );
  expect(sent).toHaveLength(2);
  expect(written).toEqual(expect.arrayContaining(sent as number[]));
});

test('at the limit nothing starts, the scheduler is told, and the day wakes it', async () => {
  const endsMs = Date.now() + 12_000;
  const pool = await new Budgeted(100, endsMs).ensure();
  const first = await pool.ask();
  const runs = await pool.ask();
  const [ofFirst] = [await granted(first), await granted(runs)];
  await pool.release(first, ofFirst, took(100));
  await eventually('the scheduler knows', async () =>
    (await toldScheduler(pool.semaphore)).some(({ tokens }) => tokens?.today.used === 100),
  );
  const waits = await pool.ask();
  await pool.count('100 0(0) 0');
  expect(
    (await received(server.client, waits.ref.workflowId)).filter(({ name }) => name === 'grant'),
  ).toEqual([]);
  // What runs goes on.
  const { holders } = await pool.handle.query<{ holders: RunRef[] }>('status');
  expect(holders).toMatchObject([runs.ref]);
  await granted(waits);
  expect(Date.now()).toBeGreaterThanOrEqual(endsMs - 50);
  const told = await eventually('the scheduler is told of the day', async () => {
    const all = await toldScheduler(pool.semaphore);
    return all.at(-1)?.tokens?.today.used === 0 && all;
  });
  expect(told.length).toBeLessThan(8);
  expect((await pool.memo()).tokens?.past).toEqual([
    { day: '2026-11-26', used: 100, unknown: 0, unknownAttempts: 0 },
  ]);
});

test('goes along when the history is long, and a spent that is none is not known', async () => {
  const pool = await new Budgeted(10_000).ensure();
  const { runId } = await pool.handle.describe();
  let used = 0;
  await eventually('it has continued as new', async () => {
    const run = await pool.ask();
    await pool.release(run, await granted(run), took(10));
    used += 10;
    return (await pool.handle.describe()).runId !== runId;
  });
  await pool.count(`${used} 0(0) 0`);
  const run = await pool.ask();
  const grant = await granted(run);
  await pool.handle.signal('release', {
    ...run.ref,
    fence: grant.fence,
    verdict: null,
    spent: { tokens: -1 },
  });
  await pool.count(`${used} 10(1) 0`);
});

test('a budget that is raised counts when it is told', async () => {
  const pool = await new Budgeted(0).ensure();
  const run = await pool.ask();
  await pool.count('0 0(0) 0');
  Object.assign(pool, { tokensPerDay: 10 });
  await pool.ensure();
  await granted(run);
});
