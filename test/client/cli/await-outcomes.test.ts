import { expect, test, vi } from 'vitest';
import { awaitOutcomes } from '../../../client/cli/serve/await-outcomes.ts';
import type { TaskOutcome } from '../../../contract/status.ts';

const OPEN: TaskOutcome = {
  ...{ taskId: 7, agent: 'vaela', runId: 'first', state: 'running', end: null, verdict: null, outcome: null },
  ...{ attempts: 1, log: null, tookMs: 1_000 },
};

test('the run that was started is waited for, not the next one of its task, and a server that is away for a moment', async () => {
  const asked: (string | undefined)[] = [];
  const answers: (TaskOutcome | Error)[] = [
    OPEN,
    new Error('no connection'),
    new Error('no connection'),
    { ...OPEN, state: 'backing-off' },
    { ...OPEN, state: 'ended', end: 'complete' },
  ];
  const scheduler = {
    async outcomeOf(_: number, runId?: string) {
      asked.push(runId);
      const answer = answers.shift() ?? OPEN;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const told: string[] = [];
  const started = [{ taskId: 7, agent: 'vaela' }];
  const outcomes = await awaitOutcomes(scheduler, started, undefined, ({ state }) => told.push(state));
  expect(outcomes).toMatchObject([{ taskId: 7, state: 'ended', end: 'complete' }]);
  expect(told).toEqual(['ended']);
  expect(asked).toEqual([undefined, 'first', 'first', 'first', 'first']);
});

test('nor is a server given up for which the clock alone was set', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    let asked = 0;
    const scheduler = {
      async outcomeOf(): Promise<TaskOutcome> {
        asked += 1;
        if (asked === 2) vi.setSystemTime(Date.now() + 3_600_000);
        if (asked < 4) throw new Error('no connection');
        return { ...OPEN, state: 'ended', end: 'complete' };
      },
    };
    const started = [{ taskId: 7, agent: 'vaela' }];
    expect(await awaitOutcomes(scheduler, started, undefined, () => undefined)).toMatchObject([
      { state: 'ended', end: 'complete' },
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test('workers that end by themselves are not waited for for ever', async () => {
  const finished = Promise.reject(new Error('a worker failed'));
  finished.catch(() => undefined);
  const workers = { busy: () => true, finished, stop: () => finished };
  const scheduler = { outcomeOf: async () => OPEN };
  const outcomes = await awaitOutcomes(scheduler, [{ taskId: 7, agent: 'vaela' }], workers, () => undefined);
  expect(outcomes).toMatchObject([{ state: 'running' }]);
});
