import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { askSemaphores } from '../../../activities/slots/ask-semaphores.ts';
import { ensureSemaphore, type Wanted } from '../../../activities/slots/ensure-semaphore.ts';
import { semaphoreActivities } from '../../../activities/slots/semaphore.ts';
import { loadConfig } from '../../../config/load.ts';
import type { SemaphoreMemo } from '../../../contract/memos.ts';
import type { SemaphoreInput } from '../../../contract/semaphore-input.ts';
import type { Agent } from '../../../domain/agent.ts';
import { unknownAgent } from '../../../domain/slots/agent-slots.ts';
import type { Hold } from '../../../domain/slots/breaker.ts';
import { nextFence } from '../../../domain/slots/pool.ts';
import { SemaphoreState } from '../../../workflows/pool/semaphore-state.ts';
import { poolPolicy } from '../../support/pools.ts';
import { agentOf, rankOfTask } from '../../support/tasks.ts';

const { config } = loadConfig({ env: {}, cwd: '/' });
const policy = poolPolicy({ ada: 1 });
const NOW_MS = Date.UTC(2026, 10, 26);
const memoOf = (change: Partial<SemaphoreMemo> = {}): SemaphoreMemo => ({
  ...{ policy, paused: false, schedulerPaused: false, fencesFrom: 0, agents: [], complaints: [] },
  ...change,
});

interface Started {
  workflowId: string;
  args: [unknown];
  memo: { semaphore: SemaphoreMemo };
}

interface Semaphore {
  status: 'RUNNING' | 'TERMINATED';
  memo: SemaphoreMemo | undefined;
  closeTime?: Date;
}

/** A server with these semaphores, and what was done to them, in order. A start of one that `beaten` names comes too late. */
function serverWith(semaphores: Record<string, Semaphore>, { beaten = '', runs = [] as object[] } = {}) {
  const done: { to: string; did: string; with: unknown }[] = [];
  const isRunning = (id: string) => semaphores[id]?.status === 'RUNNING';
  const getHandle = (id: string) => ({
    async describe() {
      const found = semaphores[id];
      if (found === undefined) throw new WorkflowNotFoundError('none', id, undefined);
      return {
        ...found,
        memo: found.memo && { semaphore: found.memo },
        status: { name: found.status },
        raw: {},
      };
    },
    async signal({ name }: { name: string }, content: unknown) {
      if (!isRunning(id)) throw new WorkflowNotFoundError('none', id, undefined);
      done.push({ to: id, did: name, with: content });
    },
  });
  async function* list({ query }: { query: string }) {
    if (!query.includes('poolSemaphore')) return yield* runs;
    for (const [workflowId, { memo }] of Object.entries(semaphores))
      if (isRunning(workflowId)) yield { workflowId, memo: memo && { semaphore: memo } };
  }
  async function start(_type: string, { workflowId, args: [input], memo }: Started) {
    if (workflowId === beaten)
      throw new WorkflowExecutionAlreadyStartedError('there', workflowId, 'poolSemaphore');
    semaphores[workflowId] = { status: 'RUNNING', memo: memo.semaphore };
    done.push({ to: workflowId, did: 'start', with: input });
  }
  const withDeadline = (_untilMs: number, ask: () => Promise<unknown>) => ask();
  return { client: { withDeadline, workflow: { getHandle, list, start } } as unknown as Client, done };
}

const wanted: Wanted = { semaphore: 'pool-dev', policy, moved: [] };
const NO_TOKENS = {
  ...{ day: '2026-11-26', endsMs: 9, used: 0, unknown: 0, unknownAttempts: 0, reserved: 0, unreserved: 0 },
};
const paused = { ...unknownAgent('ada'), limitByHand: 3, paused: true };

describe('a semaphore that is to run', () => {
  test('and was never there starts fresh', async () => {
    const { client, done } = serverWith({});
    const ensured = await ensureSemaphore(client, wanted, { paused: true, nowMs: NOW_MS });
    expect(ensured).toEqual({ semaphore: 'pool-dev', paused: false, agents: [], schedulerPaused: true });
    const input: SemaphoreInput = { ...wanted, schedulerPaused: true, fresh: true };
    expect(done).toEqual([{ to: 'pool-dev', did: 'start', with: input }]);
  });

  test('and was ended rebuilds itself, with what people had told it', async () => {
    const memo = memoOf({ paused: true, agents: [paused] });
    const { client, done } = serverWith({ 'pool-dev': { status: 'TERMINATED', memo } });
    const ensured = await ensureSemaphore(client, wanted, { paused: false, nowMs: NOW_MS });
    expect(ensured).toMatchObject({ paused: true, agents: [paused] });
    expect(done).toMatchObject([
      { did: 'start', with: { fresh: false, before: { paused: true, agents: [paused] } } },
    ]);
  });

  test.each<[string, Partial<SemaphoreMemo> | undefined, number, number?]>([
    ['one that gave many at once', { fencesFrom: NOW_MS - 9_000 }, NOW_MS + 59_999],
    ['one that was itself ahead of the time', { fencesFrom: NOW_MS + 50_000 }, NOW_MS + 50_000 + 59_999],
    ['one of which nothing is known', undefined, NOW_MS + 59_999],
    ['one that was ended long after the survey began', {}, NOW_MS + 300_009, NOW_MS + 300_000],
  ])('and was ended takes no grant of %s for its own, from the start', async (_, was, oldFence, endedMs) => {
    const memo = was && memoOf(was);
    const closeTime = endedMs === undefined ? {} : { closeTime: new Date(endedMs) };
    const semaphores: Record<string, Semaphore> = {
      'pool-dev': { status: 'TERMINATED', memo, ...closeTime },
    };
    const { client, done } = serverWith(semaphores);
    await ensureSemaphore(client, wanted, { paused: false, nowMs: NOW_MS });
    const [{ with: input } = { with: undefined }] = done;
    const { fencesFrom = 0 } = input as SemaphoreInput;
    expect(fencesFrom).toBeGreaterThan(oldFence);
    expect(semaphores['pool-dev']?.memo?.fencesFrom).toBe(fencesFrom);
    const { pool } = new SemaphoreState(input as SemaphoreInput, NOW_MS);
    expect([pool.fencesFrom, nextFence(pool, NOW_MS)]).toEqual([fencesFrom, fencesFrom]);
  });

  test('and was ended takes over what was taken of budgets', async () => {
    const ledger = { today: { ...NO_TOKENS, used: 70 }, past: [] };
    const tokens = { ...ledger, open: [], took: [], settled: [] };
    const agents = [{ ...unknownAgent('ada'), tokens }];
    const { client, done } = serverWith({
      'pool-dev': { status: 'TERMINATED', memo: memoOf({ agents, tokens: ledger }) },
    });
    const ensured = await ensureSemaphore(client, wanted, { paused: false, nowMs: NOW_MS });
    expect(ensured).toMatchObject({ agents, tokens: ledger });
    expect(done).toMatchObject([{ did: 'start', with: { before: { agents, tokens: ledger } } }]);
  });

  test.each(['TERMINATED', 'RUNNING'] as const)('and is held (%s) is known to be', async (status) => {
    const hold: Hold = {
      ...{ state: 'cooling-down', reason: 'quota', sinceMs: 1, untilMs: 2, times: 1, agents: ['ada'] },
    };
    const { client, done } = serverWith({ 'pool-dev': { status, memo: memoOf({ hold }) } });
    expect(await ensureSemaphore(client, wanted, { paused: false, nowMs: NOW_MS })).toMatchObject({ hold });
    if (status === 'TERMINATED') expect(done).toMatchObject([{ did: 'start', with: { before: { hold } } }]);
  });

  test('and was ended loses a limit by hand where another one is configured since', async () => {
    const memo = memoOf({ agents: [paused] });
    const { client, done } = serverWith({ 'pool-dev': { status: 'TERMINATED', memo } });
    await ensureSemaphore(
      client,
      { ...wanted, policy: poolPolicy({ ada: 2 }) },
      { paused: false, nowMs: NOW_MS },
    );
    const agents = [{ ...paused, limitByHand: null }];
    expect(done).toMatchObject([{ did: 'start', with: { before: { agents } } }]);
  });

  test('and runs as it should is asked nothing', async () => {
    const memo = memoOf({ agents: [paused], schedulerPaused: true });
    const { client, done } = serverWith({ 'pool-dev': { status: 'RUNNING', memo } });
    const ensured = await ensureSemaphore(client, wanted, { paused: false, nowMs: NOW_MS });
    expect(ensured).toEqual({
      semaphore: 'pool-dev',
      paused: false,
      agents: [paused],
      schedulerPaused: true,
    });
    expect(done).toEqual([]);
  });

  test.each<[string, SemaphoreMemo | undefined, Wanted]>([
    ['with another policy', memoOf({ policy: poolPolicy({ ada: 9 }) }), wanted],
    ['with a memo that cannot be read', undefined, wanted],
    ['and gets an agent of another pool', memoOf(), { ...wanted, moved: [paused] }],
  ])('%s is configured', async (_, memo, one) => {
    const { client, done } = serverWith({ 'pool-dev': { status: 'RUNNING', memo } });
    expect((await ensureSemaphore(client, one, { paused: false, nowMs: NOW_MS })).agents).toEqual(one.moved);
    expect(done).toEqual([{ to: 'pool-dev', did: 'configure', with: { policy, moved: one.moved } }]);
  });

  test('and that somebody else starts in the same moment is there', async () => {
    const { client, done } = serverWith({}, { beaten: 'pool-dev' });
    expect(await ensureSemaphore(client, wanted, { paused: false, nowMs: NOW_MS })).toMatchObject({
      semaphore: 'pool-dev',
    });
    expect(done).toEqual([]);
  });

  test('of which the server does not tell is not started', async () => {
    const { client, done } = serverWith({});
    const getHandle = () => ({ describe: () => Promise.reject(new Error('unavailable')) });
    Object.assign(client.workflow, { getHandle });
    await expect(ensureSemaphore(client, wanted, { paused: false, nowMs: NOW_MS })).rejects.toThrow(
      'unavailable',
    );
    expect(done).toEqual([]);
  });
});

const registryOf = (...agents: Agent[]) => ({ agents, mode: 'queue' as const, warnings: [] });
const didTo = (done: { to: string; did: string }[]) => done.map(({ to, did }) => `${did} ${to}`);

const NOW = { paused: false, nowMs: Date.now() };

describe('an agent that moves to another pool', () => {
  test('is taken from the old one first: both would give its slots otherwise', async () => {
    const { client, done } = serverWith({
      'pool-dev': { status: 'RUNNING', memo: memoOf() },
      'pool-qa': { status: 'RUNNING', memo: memoOf({ policy: poolPolicy({ bob: 1 }) }) },
    });
    await askSemaphores(
      { client, config },
      registryOf(agentOf('ada', 1, 'qa'), agentOf('bob', 1, 'qa')),
      NOW,
    );
    expect(didTo(done)).toEqual(['configure pool-dev', 'configure pool-qa']);
    expect(done).toMatchObject([
      { with: { policy: { agents: [] } } },
      { with: { moved: [{ name: 'ada' }] } },
    ]);
  });

  test('takes along what it took today, and what runs is still of the old pool’s budget', async () => {
    const open = { workflowId: 'task-1', runId: 'run-1', fence: 7, recipe: 'ada', tokens: 40 };
    const tokens = { today: { ...NO_TOKENS, used: 70 }, past: [], open: [open], took: [], settled: [] };
    const { client, done } = serverWith({
      'pool-dev': { status: 'RUNNING', memo: memoOf({ agents: [{ ...unknownAgent('ada'), tokens }] }) },
    });
    const budget = { tokensPerDay: 5, timeZone: 'UTC' };
    const registry = registryOf({
      ...agentOf('ada', 1, 'qa'),
      budget,
      poolBudget: { ...budget, tokensPerDay: 9 },
    });
    await askSemaphores({ client, config }, registry, { paused: false, nowMs: Date.UTC(2026, 10, 26, 12) });
    const start = done.find(({ did }) => did === 'start');
    expect(start).toMatchObject({
      with: {
        moved: [{ tokens: { today: { used: 70 }, open: [{ ...open, elsewhere: true }] } }],
        policy: {
          agents: [{ name: 'ada', budget }],
          budget: { tokensPerDay: 9 },
          zones: [
            {
              timeZone: 'UTC',
              days: { 0: { day: '2026-11-26', endsMs: Date.UTC(2026, 10, 27) }, length: 8 },
            },
          ],
        },
      },
    });
  });

  test('with nobody who knows it is looked for where it has runs', async () => {
    const run = {
      ...{
        workflowId: 'task-1',
        runId: 'run-1',
        status: { name: 'RUNNING' },
        startTime: new Date(0),
        raw: {},
      },
      searchAttributes: { TaskId: ['1'], Agent: ['ada'], Phase: ['running'] },
      memo: { run: { semaphore: 'pool-gone' } },
    };
    const { client, done } = serverWith({}, { runs: [run] });
    const { getHandle } = client.workflow;
    Object.assign(client.workflow, {
      getHandle: (id: string) => (id === 'task-1' ? { describe: async () => run } : getHandle(id)),
    });
    await askSemaphores({ client, config }, registryOf(agentOf('ada', 1, 'qa')), NOW);
    expect(done).toMatchObject([
      { did: 'start', to: 'pool-qa', with: { fresh: true, moved: [{ name: 'ada' }] } },
    ]);
  });
});

describe('a run that asks for a slot', () => {
  const request = { workflowId: 'task-1', runId: 'run-1', rank: rankOfTask(1), rankedAtMs: 1, wants: null };
  const registry = registryOf(agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'qa'));
  const asking = (client: Client) =>
    new MockActivityEnvironment().run(() =>
      semaphoreActivities({ client, config, loadAgents: async () => registry }).askForSlot(
        'pool-dev',
        request,
      ),
    );

  test('asks the semaphore that is there', async () => {
    const { client, done } = serverWith({ 'pool-dev': { status: 'RUNNING', memo: memoOf() } });
    await asking(client);
    expect(done).toEqual([{ to: 'pool-dev', did: 'request', with: request }]);
  });

  test('has one that is gone started anew, that one alone, and asks then', async () => {
    const { client, done } = serverWith({ 'pool-dev': { status: 'TERMINATED', memo: memoOf() } });
    await asking(client);
    expect(didTo(done)).toEqual(['start pool-dev', 'request pool-dev']);
    expect(done[0]?.with).toMatchObject({ fresh: false, policy: { agents: [{ name: 'ada' }] } });
  });
});
