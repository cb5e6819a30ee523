import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { describe, expect, test, vi } from 'vitest';
import { readEndedRuns, readPast } from '../../../client/ended-runs.ts';
import { MOST_LOOKED_AT, readPastRuns } from '../../../client/history/past-runs.ts';
import type { ToldByHistory } from '../../../contract/attempts.ts';
import type { RunResult } from '../../../contract/run.ts';
import { KeptHistories } from '../../../temporal/kept-histories.ts';
import { KnownEnded } from '../../../temporal/known-ended.ts';
import { attemptOf } from '../../support/attempts.ts';
import { configOf, registryOf } from '../../support/place.ts';
import { agentOf } from '../../support/tasks.ts';

const PLACE = { tasks: [], agents: [agentOf('ada', 1, 'dev')] };
vi.mock('../../../config/agent-control.ts', () => ({ loadAgents: async () => registryOf(PLACE) }));

const HOUR_MS = 3_600_000;
const NOW_MS = Date.now();

/** A server that has so many ended runs, one each second, of which each third failed, each fourth is in pool qa and each tenth left the line. */
function serverOf(count: number, keptForMs: number | null = null) {
  const all = Array.from({ length: count }, (_, at) => ({
    ...{ workflowId: `task-${at + 1}`, runId: `run-${String(count - at).padStart(6, '0')}` },
    status: { name: 'COMPLETED' },
    startTime: new Date(NOW_MS - (at + 2) * 1_000),
    closeTime: new Date(NOW_MS - (at + 1) * 1_000),
    searchAttributes: { TaskId: [String(at + 1)] },
    memo: { run: { semaphore: (at + 1) % 4 === 0 ? 'pool-qa' : 'pool-dev' } },
  }));
  const client = {
    options: { namespace: 'default' },
    workflow: {
      async *list({ query }: { query: string }) {
        if (!query.includes('runTask')) return;
        const until = /CloseTime <=? "(.*?)"/.exec(query)?.[1];
        const since = /CloseTime >= "(.*?)"/.exec(query)?.[1];
        for (const run of all)
          if (
            (until === undefined || run.closeTime.getTime() <= Date.parse(until)) &&
            (since === undefined || run.closeTime.getTime() >= Date.parse(since))
          )
            yield run;
      },
    },
    workflowService: {
      describeNamespace: async () => ({
        config: keptForMs === null ? {} : { workflowExecutionRetentionTtl: msToTs(keptForMs) },
      }),
    },
  } as unknown as Client;
  const read: number[] = [];
  const histories = new KeptHistories(async ({ taskId }): Promise<ToldByHistory> => {
    read.push(taskId);
    const verdict = { kind: taskId % 3 === 0 ? ('stalled' as const) : ('completed' as const), reason: 'so' };
    const end = taskId % 10 === 0 ? 'left-line' : taskId % 3 === 0 ? 'returned' : 'complete';
    return { attempts: [attemptOf({ taskId, verdict })], result: { end, verdict } as RunResult };
  });
  return { client, histories, ended: KnownEnded.of(client), read, config: configOf(PLACE) };
}

describe('what ended within a time', () => {
  const sinceMs = NOW_MS - 24 * HOUR_MS;

  test('all of it, without what only left the line', async () => {
    const past = await readPastRuns(serverOf(20), { sinceMs });
    expect(past).toMatchObject({
      lookedAt: 20,
      leftLine: 2,
      more: 'no',
      knownSinceMs: sinceMs,
      keptForMs: null,
    });
    expect(past.runs.slice(0, 4)).toMatchObject([
      { taskId: 1, pool: 'dev', end: 'complete' },
      { taskId: 2 },
      { taskId: 3, verdict: { kind: 'stalled' } },
      { taskId: 4, pool: 'qa' },
    ]);
  });

  test('of too many the newest, and since when all are known', async () => {
    const past = await readPastRuns(serverOf(MOST_LOOKED_AT + 5), { sinceMs });
    expect(past).toMatchObject({ lookedAt: MOST_LOOKED_AT, more: 'too-many' });
    expect(past.knownSinceMs).toBe(NOW_MS - MOST_LOOKED_AT * 1_000);
  });

  test('before what the server keeps nothing is known', async () => {
    const { knownSinceMs } = await readPastRuns(serverOf(3, HOUR_MS), { sinceMs });
    expect(knownSinceMs).toBeGreaterThanOrEqual(NOW_MS - HOUR_MS);
  });

  test('of another pool none is read', async () => {
    const server = serverOf(20);
    const past = await readPastRuns(server, { sinceMs, pool: 'qa' });
    expect([past.lookedAt, past.runs.length, server.read.length]).toEqual([20, 4, 5]);
  });

  test('a history that takes long is read on the next time', async () => {
    const server = serverOf(60);
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 2_000));
    const first = await readPastRuns(server, { sinceMs });
    clock.mockRestore();
    expect(first).toMatchObject({ lookedAt: 50, more: 'in-time', knownSinceMs: NOW_MS - 50_000 });
    expect(await readPastRuns(server, { sinceMs })).toMatchObject({ lookedAt: 60, more: 'no' });
    expect(server.read).toHaveLength(60);
  });

  test('an agent without a run is one that there is, or is refused', async () => {
    expect(await readPast(serverOf(0), { sinceMs, agent: 'ada' })).toMatchObject({ runs: [] });
    await expect(readPast(serverOf(0), { sinceMs, agent: 'eve' })).rejects.toMatchObject({
      failure: { code: 'no-such-agent', known: ['ada'] },
    });
  });
});

describe('a list of what histories tell', () => {
  test('page after page has each once, and reads none twice', async () => {
    const server = serverOf(450);
    const filter = { which: { cameTo: 'failed' as const }, pool: 'dev', limit: 40 };
    const found: number[] = [];
    let before: { endedMs: number; runId: string } | undefined;
    do {
      const page = await readEndedRuns(server, { ...filter, ...(before && { before }) });
      expect(page.runs.length).toBeLessThanOrEqual(40);
      found.push(...page.runs.map(({ taskId }) => taskId));
      before = page.more ? page.next : undefined;
    } while (before !== undefined);
    const wanted = Array.from({ length: 450 }, (_, at) => at + 1).filter(
      (id) => id % 3 === 0 && id % 4 !== 0,
    );
    expect(found).toEqual(wanted);
    expect(new Set(server.read).size).toBe(server.read.length);
  });

  test('of what is rare a page is short, and says where to go on', async () => {
    const page = await readEndedRuns(serverOf(2_500), { which: { verdict: 'looping' }, limit: 5 });
    expect(page).toMatchObject({ runs: [], more: true, next: { endedMs: NOW_MS - 1_000 * 1_000 } });
  });
});
