import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FoundRun, LookedAt } from '../../../contract/activities.ts';
import { MAIN_QUEUE, SCHEDULER_ID } from '../../../contract/ids.ts';
import type { SemaphoreInput } from '../../../contract/semaphore-input.ts';
import { POOL_SEMAPHORE } from '../../../contract/workflows.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';
import type { Rank } from '../../../domain/rank.ts';
import { poolId } from '../../../domain/semaphore-id.ts';
import { unknownAgent } from '../../../domain/slots/agent-slots.ts';
import type { Hold } from '../../../domain/slots/breaker.ts';
import { WELL } from '../../../domain/slots/health.ts';
import type { Grant, Pool } from '../../../domain/slots/pool.ts';
import type { RunRef } from '../../../domain/slots/run-ref.ts';
import { eventually } from '../../support/eventually.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { type Limits, poolPolicy } from '../../support/pools.ts';
import { received, standIn } from '../../support/stand-ins.ts';
import { startStubbed } from '../../support/stubbed-scheduler.ts';
import { rankOfTask } from '../../support/tasks.ts';

// Many cases at a time share two processors.
vi.setConfig({ maxConcurrency: 40 });

const LONG_HISTORY = 100;
/** After a lost state nothing is given for so long. */
const HEARTBEAT_TIMEOUT_MS = 3_000;

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startStubbed>>;
beforeAll(async () => {
  server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': LONG_HISTORY });
  await standIn(server.client, SCHEDULER_ID);
  worker = await startStubbed(
    server.address,
    {
      openRunsOf: async ({ semaphore, agents }: { semaphore: string; agents: string[] }) => {
        const pool = pools.get(semaphore) as TestPool;
        pool.lookedFor.push(agents);
        pool.lookedAtMs.push(performance.now());
        return pool.open;
      },
      lookAtRuns: async (runs: RunRef[]) =>
        runs.map((run) => closed.get(run.runId) ?? { ...run, ...OPEN, agent: agentOfRun.get(run.runId) }),
    },
    { daemon: false },
  );
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});

const OPEN = { closedAtMs: null, inOrder: false, mayHold: true };
/** Runs that are found closed when they are looked at. */
const closed = new Map<string, LookedAt>();
const agentOfRun = new Map<string, string>();
const pools = new Map<string, TestPool>();
let lastTask = 0;

/** A semaphore, and runs that only hear what it says to them. */
class TestPool {
  readonly semaphore = poolId(`p${pools.size + 1}`);
  /** What is found where its state was lost. */
  open: FoundRun[] = [];
  readonly lookedFor: string[][] = [];
  readonly lookedAtMs: number[] = [];

  constructor() {
    pools.set(this.semaphore, this);
  }

  get handle(): WorkflowHandle {
    return server.client.workflow.getHandle(this.semaphore);
  }

  async start(limits: Limits, change: Partial<SemaphoreInput> = {}): Promise<this> {
    const policy = { ...poolPolicy(limits), heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS };
    const input: SemaphoreInput = {
      ...{ semaphore: this.semaphore, policy, moved: [], schedulerPaused: false, fresh: true },
      ...change,
    };
    await server.client.workflow.start(POOL_SEMAPHORE, {
      ...{ workflowId: this.semaphore, taskQueue: MAIN_QUEUE, args: [input] },
    });
    return this;
  }

  status(): Promise<Pool> {
    return this.handle.query<Pool>('status');
  }

  knows(what: string, isSo: (pool: Pool) => boolean): Promise<Pool> {
    return eventually(what, async () => {
      const pool = await this.status();
      return isSo(pool) && pool;
    });
  }

  /** A run asks for a slot, with the rank that its number gives it unless `rank` says otherwise. */
  async ask(rank: Partial<Rank> = {}, wants: string | null = null): Promise<RunOfPool> {
    const run = await newRun();
    await this.askAs(run, rank, wants);
    return run;
  }

  askAs(run: RunOfPool, rank: Partial<Rank> = {}, wants: string | null = null): Promise<void> {
    const about = { rank: rankOfTask(run.taskId, rank), rankedAtMs: Date.now(), wants };
    return this.handle.signal('request', { ...run.ref, ...about });
  }

  release({ ref }: RunOfPool, fence: number | null, kind?: VerdictKind): Promise<void> {
    const verdict = kind === undefined ? null : { kind, reason: 'as the test has it' };
    return this.handle.signal('release', { ...ref, fence, verdict });
  }

  /** Between the two looks after a lost state. */
  get betweenLooksMs(): number {
    const [first = 0, second = 0] = this.lookedAtMs;
    return second - first;
  }

  /** The tasks that hold a slot. */
  async holders(): Promise<number[]> {
    return (await this.status()).holders.map(taskOfRun).sort((a, b) => a - b);
  }

  async line(): Promise<number[]> {
    return (await this.status()).waiters.map(({ rank }) => rank.id);
  }

  async complaints(): Promise<string[]> {
    const { memo } = await this.handle.describe();
    return (memo as { semaphore: { complaints: { says: string }[] } }).semaphore.complaints.map(
      ({ says }) => says,
    );
  }
}

interface RunOfPool {
  taskId: number;
  ref: RunRef;
}

async function newRun(): Promise<RunOfPool> {
  lastTask += 1;
  const taskId = lastTask;
  const workflowId = `task-${taskId}`;
  return { taskId, ref: { workflowId, runId: await standIn(server.client, workflowId) } };
}

const taskOfRun = ({ workflowId }: RunRef): number => Number(workflowId.slice('task-'.length));

/** The grants that a run has got. */
async function grantsOf({ ref }: RunOfPool): Promise<Grant[]> {
  const signals = await received(server.client, ref.workflowId);
  return signals.flatMap(({ name, content }) => (name === 'grant' ? [content as Grant] : []));
}

async function granted(run: RunOfPool, times = 1): Promise<Grant> {
  const grants = await eventually(`task ${run.taskId} has ${times} grants`, async () => {
    const all = await grantsOf(run);
    return all.length >= times && all;
  });
  return grants.at(-1) as Grant;
}

const newPool = (limits: Limits, change?: Partial<SemaphoreInput>) => new TestPool().start(limits, change);

describe.concurrent('grants', () => {
  test('go to as many as there are slots, each of an agent that has one, and to the next when one is given back', async () => {
    const pool = await newPool({ ada: 1, bob: 1 });
    const runs = [await pool.ask(), await pool.ask(), await pool.ask()] as const;
    const [first, second] = [await granted(runs[0]), await granted(runs[1])];
    expect([first.agent, second.agent].sort()).toEqual(['ada', 'bob']);
    expect(first).toMatchObject({ ...runs[0].ref, gooseQueue: `goose-${first.agent}`, probe: false });
    expect(second.fence).toBeGreaterThan(first.fence);
    await pool.knows('the third is in line', ({ waiters }) => waiters.length === 1);
    await pool.release(runs[0], first.fence, 'completed');
    expect(await granted(runs[2])).toMatchObject({ agent: first.agent });
    expect((await granted(runs[2])).fence).toBeGreaterThan(second.fence);
    expect(await pool.line()).toEqual([]);
  });

  test('are by rank, not by who asked first, and a new order counts', async () => {
    const pool = await newPool({ ada: 1 });
    const holder = await pool.ask();
    const { fence } = await granted(holder);
    const [low, high, mid] = [
      await pool.ask({ priority: 1 }),
      await pool.ask({ priority: 9 }),
      await pool.ask({ priority: 5 }),
    ];
    await pool.knows('all are in line', ({ waiters }) => waiters.length === 3);
    expect(await pool.line()).toEqual([high.taskId, mid.taskId, low.taskId]);
    const ranks = [rankOfTask(low.taskId, { priority: 1, first: true })];
    await pool.handle.signal('order', { atMs: Date.now() + 1_000, ranks, expected: [] });
    await pool.knows('the order is another', ({ waiters }) => waiters[0]?.rank.id === low.taskId);
    await pool.release(holder, fence);
    await granted(low);
    expect(await grantsOf(high)).toEqual([]);
  });

  test('of a single agent wait for that one', async () => {
    const pool = await newPool({ ada: 1, bob: 1 });
    const [first, second, free] = [await pool.ask({}, 'ada'), await pool.ask({}, 'ada'), await pool.ask()];
    const { fence } = await granted(first);
    expect((await granted(free)).agent).toBe('bob');
    expect(await grantsOf(second)).toEqual([]);
    await pool.release(first, fence);
    expect((await granted(second)).agent).toBe('ada');
  });

  test('are sent again to who asks again, and the same', async () => {
    const pool = await newPool({ ada: 1 });
    const run = await pool.ask();
    const grant = await granted(run);
    await pool.askAs(run);
    expect(await granted(run, 2)).toEqual(grant);
    expect(await pool.holders()).toEqual([run.taskId]);
  });

  test('to a run that is gone are taken back, and go to the next in line', async () => {
    const pool = await newPool({ ada: 1 }, { schedulerPaused: true });
    const gone = await pool.ask({ priority: 9 });
    const next = await pool.ask();
    await pool.knows('both are in line', ({ waiters }) => waiters.length === 2);
    await server.client.workflow.getHandle(gone.ref.workflowId).terminate('by a test');
    await pool.handle.signal('scheduler-paused', false);
    await granted(next);
    expect(await pool.holders()).toEqual([next.taskId]);
  });

  test('given back with an old fence free nothing', async () => {
    const pool = await newPool({ ada: 1 });
    const run = await pool.ask();
    const { fence } = await granted(run);
    await pool.release(run, fence - 1, 'completed');
    const other = await pool.ask();
    await pool.knows('it is in line', ({ waiters }) => waiters.length === 1);
    expect(await pool.holders()).toEqual([run.taskId]);
    await pool.release(other, null);
    await pool.knows('it has left', ({ waiters }) => waiters.length === 0);
  });
});

describe.concurrent('pauses', () => {
  test.each<[string, [name: string, ...unknown[]], [name: string, ...unknown[]]]>([
    ['of the pool', ['pause'], ['resume']],
    ['of its agent', ['pause', 'ada'], ['resume', 'ada']],
    ['of the scheduler', ['scheduler-paused', true], ['scheduler-paused', false]],
    ['by a limit of none', ['set-limit', 0], ['set-limit', 1]],
  ])('%s: who asks is in line until it is over', async (_, [off, ...offWith], [on, ...onWith]) => {
    const pool = await newPool({ ada: 1 });
    await pool.handle.signal(off, ...offWith);
    const run = await pool.ask();
    await pool.knows('it is in line', ({ waiters }) => waiters.length === 1);
    expect(await pool.holders()).toEqual([]);
    await pool.handle.signal(on, ...onWith);
    await granted(run);
  });

  test('are told the scheduler, and stand in the memo for whoever looks while no worker lives', async () => {
    const pool = await newPool({ ada: 1 });
    await pool.handle.signal('pause', 'ada');
    const told = await eventually('the scheduler is told', async () =>
      (await received(server.client, SCHEDULER_ID)).find(
        ({ content }) => (content as { semaphore: string }).semaphore === pool.semaphore,
      ),
    );
    expect(told).toMatchObject({
      name: 'pool-changed',
      content: { paused: false, agents: [{ paused: true }] },
    });
    expect((await pool.handle.describe()).memo).toMatchObject({
      semaphore: { paused: false, agents: [{ name: 'ada', paused: true }] },
    });
  });

  test('of an agent that nobody knows change nothing, and are complained of until one is right', async () => {
    const pool = await newPool({ ada: 1 });
    await pool.handle.signal('pause', 'eve');
    await pool.handle.signal('set-limit', 'many');
    const complaints = await eventually('both are complained of', async () => {
      const all = await pool.complaints();
      return all.length === 2 && all;
    });
    expect(complaints.join()).toMatch(/"eve".*its agents: ada/);
    expect(complaints.join()).toMatch(/"many".*from 0 to 1000/);
    const run = await pool.ask();
    await granted(run);
    await pool.handle.signal('pause', 'ada');
    await pool.handle.signal('set-limit', 3);
    await eventually('nothing is complained of', async () => (await pool.complaints()).length === 0);
  });
});

describe.concurrent('a limit', () => {
  test('that is lowered below what is held drains', async () => {
    const pool = await newPool({ ada: 2 });
    const [a, b, c] = [await pool.ask(), await pool.ask(), await pool.ask()];
    const [ofA, ofB] = [await granted(a), await granted(b)];
    await pool.handle.signal('set-limit', 1);
    await pool.release(a, ofA.fence);
    await pool.knows('one is held', ({ holders }) => holders.length === 1);
    expect(await pool.line()).toEqual([c.taskId]);
    await pool.release(b, ofB.fence);
    await granted(c);
  });

  test('by hand holds until another one is configured', async () => {
    const pool = await newPool({ ada: 1 });
    await pool.handle.signal('set-limit', 0, 'ada');
    const run = await pool.ask();
    await pool.knows('it is in line', ({ waiters }) => waiters.length === 1);
    await pool.handle.signal('configure', { policy: poolPolicy({ ada: 2 }), moved: [] });
    await granted(run);
    expect((await pool.status()).agents).toMatchObject([{ name: 'ada', limit: 2, limitByHand: null }]);
  });
});

describe.concurrent('an agent', () => {
  test('that cannot run cools down, is probed by one when it is resumed, and is well when its model answers', async () => {
    const pool = await newPool({ ada: 2 });
    const first = await pool.ask();
    await pool.release(first, (await granted(first)).fence, 'model-unavailable');
    await pool.knows('it cools down', ({ agents }) => agents[0]?.health.state === 'cooling-down');
    const [probe, other] = [await pool.ask(), await pool.ask()];
    await pool.knows('both are in line', ({ waiters }) => waiters.length === 2);
    await pool.handle.signal('resume', 'ada');
    const grant = await granted(probe);
    expect(grant.probe).toBe(true);
    expect(await pool.line()).toEqual([other.taskId]);
    await pool.handle.signal('model-answered', { ...probe.ref, fence: grant.fence });
    expect(await granted(other)).toMatchObject({ probe: false });
  });

  test('that is misconfigured is probed when a new daemon tries again', async () => {
    const pool = await newPool({ ada: 1 });
    const first = await pool.ask();
    await pool.release(first, (await granted(first)).fence, 'misconfigured');
    await pool.knows('it cannot run', ({ agents }) => agents[0]?.health.state === 'misconfigured');
    const next = await pool.ask();
    await pool.knows('it is in line', ({ waiters }) => waiters.length === 1);
    await pool.handle.signal('try-again', ['ada']);
    expect((await granted(next)).probe).toBe(true);
  });

  test('that leaves the pool is given nothing more, and one that comes is', async () => {
    const pool = await newPool({ ada: 1 });
    const first = await pool.ask();
    const { fence } = await granted(first);
    await pool.handle.signal('configure', { policy: poolPolicy({ bob: 1 }), moved: [] });
    const next = await pool.ask();
    expect((await granted(next)).agent).toBe('bob');
    await pool.release(first, fence);
    const third = await pool.ask();
    const after = await pool.knows('the third is in line', ({ waiters }) => waiters.length === 1);
    expect(after.waiters.map(taskOfRun)).toEqual([third.taskId]);
    expect(after.holders.map(taskOfRun)).toEqual([next.taskId]);
  });

  test('that comes from another pool is given nothing before its runs there were looked for twice', async () => {
    const pool = await newPool({ bob: 0 });
    const elsewhere = await newRun();
    pool.open = [await foundRun(elsewhere, 'running', 'ada')];
    const policy = { ...poolPolicy({ ada: 2, bob: 0 }), heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS };
    await pool.handle.signal('configure', { policy, moved: [unknownAgent('ada')] });
    const [second, third] = [await pool.ask(), await pool.ask()];
    await granted(second);
    expect(pool.betweenLooksMs).toBeGreaterThanOrEqual(HEARTBEAT_TIMEOUT_MS - 50);
    expect(pool.lookedFor).toEqual([['ada'], ['ada']]);
    expect(await pool.holders()).toEqual([elsewhere.taskId, second.taskId]);
    expect(await pool.line()).toEqual([third.taskId]);
  });
});

describe.concurrent('a pool whose agents one trouble takes', () => {
  test('is held, says so, and goes on when the model has answered one task', async () => {
    const pool = await newPool({ ada: 1, bob: 1, cy: 1, dan: 1 });
    for (const agent of ['ada', 'bob', 'cy']) {
      const run = await pool.ask({}, agent);
      await pool.release(run, (await granted(run)).fence, 'model-unavailable');
    }
    await pool.knows('it is held', ({ breaker }) => breaker?.hold !== undefined);
    const [first, second] = [await pool.ask(), await pool.ask()];
    const { memo } = await pool.handle.describe();
    expect(memo).toMatchObject({ semaphore: { hold: { times: 1, agents: ['ada', 'bob', 'cy'] } } });
    await eventually('the scheduler is told', async () =>
      (await received(server.client, SCHEDULER_ID)).some(({ content }) => {
        const { semaphore, hold } = content as { semaphore: string; hold?: { agents: string[] } };
        return semaphore === pool.semaphore && hold?.agents.length === 3;
      }),
    );
    expect(await pool.holders()).toEqual([]);
    await pool.handle.signal('resume');
    const canary = await granted(first);
    expect(canary).toMatchObject({ agent: 'dan', probe: true });
    expect(await pool.line()).toEqual([second.taskId]);
    await pool.handle.signal('model-answered', { ...first.ref, fence: canary.fence });
    expect(await granted(second)).toMatchObject({ agent: 'ada', probe: true });
    await pool.knows('it is open', ({ breaker }) => breaker !== undefined && breaker.hold === undefined);
    expect((await pool.handle.describe()).memo).not.toHaveProperty('semaphore.hold');
  });

  test('is held, too, where its semaphore was ended meanwhile', async () => {
    const hold: Hold = {
      ...{ state: 'cooling-down', reason: 'quota', sinceMs: 1, untilMs: Date.now() + 600_000, times: 4 },
      agents: ['ada', 'gone'],
    };
    const health = { state: 'cooling-down' as const, reason: 'quota', untilMs: hold.untilMs, times: 1 };
    const adas = { ...unknownAgent('ada'), health };
    const pool = await newPool(
      { ada: 1, bob: 1 },
      { fresh: false, before: { paused: false, agents: [adas], hold } },
    );
    const run = await pool.ask();
    await pool.knows('it is not quiet', ({ agents }) => agents.every(({ quiet }) => !quiet));
    expect((await pool.status()).breaker?.hold).toEqual({ ...hold, agents: ['ada'] });
    expect(await pool.holders()).toEqual([]);
    await pool.handle.signal('resume', 'ada');
    expect(await granted(run)).toMatchObject({ agent: 'bob', probe: true });
  });
});

describe.concurrent('a semaphore that lost its state', () => {
  test('finds who holds its slots and who is in line, and grants nothing before the second look', async () => {
    const pool = new TestPool();
    const [holder, waiter] = [await newRun(), await newRun()];
    pool.open = [await foundRun(holder, 'running', 'ada'), await foundRun(waiter, 'waiting', null)];
    await pool.start({ ada: 2 }, { fresh: false });
    const late = await pool.ask({ first: true });
    await pool.knows(
      'both are found',
      ({ holders, waiters }) => holders.length === 1 && waiters.length === 2,
    );
    const { fencesFrom, agents } = await pool.status();
    expect(agents).toMatchObject([{ quiet: true }]);
    const grant = await granted(late);
    expect(pool.betweenLooksMs).toBeGreaterThanOrEqual(HEARTBEAT_TIMEOUT_MS - 50);
    expect(grant.fence).toBeGreaterThanOrEqual(fencesFrom);
    expect(pool.lookedFor).toEqual([['ada'], ['ada']]);
    expect(await pool.holders()).toEqual([holder.taskId, late.taskId]);
    // Nobody knows which fence the holder has, so whichever it names is right.
    await pool.release(holder, 17);
    await granted(waiter);
  });

  test('keeps what people told the one before it', async () => {
    const agents = [{ ...unknownAgent('ada'), limitByHand: 3, paused: true }];
    const pool = await newPool({ ada: 1 }, { fresh: false, before: { paused: true, agents } });
    const { paused, agents: known } = await pool.status();
    expect([paused, known]).toMatchObject([true, [{ name: 'ada', limitByHand: 3, paused: true }]]);
  });

  test('tells the scheduler that it does not know the order', async () => {
    const pool = await newPool({ ada: 1 }, { fresh: false });
    await eventually('it is told', async () =>
      (await received(server.client, SCHEDULER_ID)).some(({ content }) => {
        const { semaphore, orderLost } = content as { semaphore: string; orderLost?: boolean };
        return semaphore === pool.semaphore && orderLost === true;
      }),
    );
  });
});

describe.concurrent('a holder that is lost', () => {
  const endedAtMs = (inMs: number) => ({ closedAtMs: Date.now() + inMs, inOrder: false, mayHold: false });

  test('leaves its slot when its processes are certainly gone, by its own timeout', async () => {
    const pool = await newPool({ ada: 1 });
    const holder = await pool.ask();
    await granted(holder);
    const next = await pool.ask();
    const about = endedAtMs(0);
    // Seen in between by a busy machine, too.
    closed.set(holder.ref.runId, { ...holder.ref, ...about, agent: 'ada', lingersMs: 6_000 });
    await pool.handle.signal('look-at-holders');
    await pool.knows('its slot is dying', ({ dying }) => dying.length === 1);
    await granted(next);
    expect(Date.now()).toBeGreaterThanOrEqual(about.closedAtMs + 6_000);
  });

  test('leaves it at once where its host says that nothing of it lives', async () => {
    const pool = await newPool({ ada: 1 });
    const holder = await pool.ask();
    const { fence } = await granted(holder);
    const next = await pool.ask();
    closed.set(holder.ref.runId, { ...holder.ref, ...endedAtMs(0), agent: 'ada', lingersMs: 600_000 });
    await pool.handle.signal('look-at-holders');
    await pool.knows('its slot is dying', ({ dying }) => dying.length === 1);
    await pool.handle.signal('processes-gone', { ...holder.ref, fence: fence - 1 });
    await pool.handle.signal('processes-gone', { ...holder.ref, fence });
    await granted(next);
  });

  test('but returned in order has given it back', async () => {
    const pool = await newPool({ ada: 1 });
    const holder = await pool.ask();
    await granted(holder);
    const next = await pool.ask();
    closed.set(holder.ref.runId, { ...holder.ref, ...endedAtMs(0), inOrder: true, agent: 'ada' });
    await pool.handle.signal('look-at-holders');
    await granted(next);
    expect((await pool.status()).dying).toEqual([]);
  });
});

describe.concurrent('a semaphore with a long history goes on as new', () => {
  test('with its holders, its line, its pauses and what is in flight', async () => {
    const pool = await newPool({ ada: 1, bob: 1 });
    await pool.handle.signal('pause', 'bob');
    const holder = await pool.ask();
    const { fence } = await granted(holder);
    const { runId } = await pool.handle.describe();
    const waiters = await Promise.all(Array.from({ length: 6 }, () => newRun()));
    // Each asks twenty times, while it goes on as new in between.
    const asking = waiters.flatMap((run) => Array.from({ length: 20 }, () => pool.askAs(run)));
    await Promise.all(asking);
    await eventually('it goes on as new', async () => (await pool.handle.describe()).runId !== runId);
    const after = await pool.knows('all are in line', (now) => now.waiters.length === waiters.length);
    expect(after.waiters.map(taskOfRun)).toEqual(waiters.map(({ taskId }) => taskId).sort((a, b) => a - b));
    expect(after.holders).toMatchObject([{ ...holder.ref, agent: 'ada', fence }]);
    expect(after.agents).toMatchObject([
      { name: 'ada', paused: false, health: WELL },
      { name: 'bob', paused: true },
    ]);
    expect((await pool.handle.describe()).memo).toMatchObject({ semaphore: { agents: [{ paused: true }] } });
    await pool.release(holder, fence);
    const [first] = after.waiters;
    const next = waiters.find(({ taskId }) => taskId === first?.rank.id) as RunOfPool;
    expect((await granted(next)).fence).toBeGreaterThan(fence);
    expect(await pool.holders()).toEqual([next.taskId]);
  });
});

async function foundRun(
  { taskId, ref }: RunOfPool,
  phase: 'running' | 'waiting',
  agent: string | null,
): Promise<FoundRun> {
  if (agent !== null) agentOfRun.set(ref.runId, agent);
  return { ...ref, phase, agent, wants: null, rank: rankOfTask(taskId), rankedAtMs: 1 };
}
