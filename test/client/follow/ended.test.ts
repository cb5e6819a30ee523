import { describe, expect, test, vi } from 'vitest';
import { Ends, type WaitedFor } from '../../../client/follow/ended.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import type { TaskOutcome } from '../../../contract/status.ts';
import type { Task } from '../../../domain/task.ts';
import { schedulerError } from '../../../words/errors.ts';
import { ATTEMPT } from '../../support/api-stand.ts';
import { taskOf } from '../../support/tasks.ts';

const NO_RUN: TaskOutcome = {
  ...{ taskId: 1, agent: null, runId: null, state: 'lost', end: null, verdict: null, outcome: null },
  ...{ attempts: 0, log: null, tookMs: 0 },
};
const run = (state: TaskOutcome['state'], more: Partial<TaskOutcome> = {}): TaskOutcome => ({
  ...{ ...NO_RUN, state, runId: 'r' },
  ...more,
});
const WELL = { kind: 'completed', reason: 'it said so' } as const;
const open = taskOf(1);
const complete = taskOf(1, { status: 'complete' });

type Look = [Task | undefined, TaskOutcome] | ErrorCode;

/** What is seen, look by look; the last one stays. */
function seen(looks: Look[], more: Partial<WaitedFor> = {}) {
  let at = -1;
  const now = () => looks[Math.min(at, looks.length - 1)];
  const failing = (code: ErrorCode) =>
    schedulerError({ code, ...{ address: 'a', named: true, text: 'x', tool: 't' } } as never);
  const scheduler: WaitedFor = {
    async task(taskId) {
      at += 1;
      const look = now();
      if (typeof look === 'string') throw failing(look);
      if (look?.[0] === undefined) throw schedulerError({ code: 'no-such-task', taskId });
      return look[0];
    },
    async outcomeOf() {
      const look = now();
      return look === undefined || typeof look === 'string' ? NO_RUN : look[1];
    },
    attempts: async () => [],
    ...more,
  };
  return { scheduler, looks: () => at + 1 };
}

const endsOf = (scheduler: WaitedFor) => new Ends(scheduler, new AbortController().signal);

/** Time goes by at once. */
async function quickly<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  try {
    const answer = work();
    answer.catch(() => undefined);
    let isOver = false;
    answer.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    while (!isOver) await vi.advanceTimersByTimeAsync(250);
    return await answer;
  } finally {
    vi.useRealTimers();
  }
}

// pause() takes its timer from node:timers/promises, which no fake clock reaches.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, _: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      setTimeout(resolve, ms);
      signal.addEventListener('abort', () => reject(signal.reason));
    }),
}));

test.each<[string, Look[], object]>([
  [
    'complete',
    [[complete, run('ended', { end: 'complete', verdict: WELL })]],
    { end: 'complete', verdict: WELL },
  ],
  ['complete, by somebody else', [[complete, NO_RUN]], { end: 'complete', verdict: null }],
  [
    'complete, when its goose has ended',
    [
      [complete, run('running')],
      [complete, run('ended')],
    ],
    { end: 'complete', outcome: { state: 'ended' } },
  ],
  ['complete by hand while it rested', [[complete, run('backing-off')]], { end: 'complete' }],
  [
    'parked',
    [
      [open, run('running')],
      [open, run('parked')],
    ],
    { end: 'parked' },
  ],
  [
    'archived',
    [
      [open, NO_RUN],
      [taskOf(1, { archivedAt: 'now' }), run('parked')],
    ],
    { end: 'archived' },
  ],
  [
    'deleted',
    [
      [open, NO_RUN],
      [undefined, NO_RUN],
    ],
    { end: 'deleted', task: null },
  ],
  [
    'another one',
    [
      [open, NO_RUN],
      [taskOf(1, { createdAt: '2030-01-01T00:00:00Z' }), NO_RUN],
    ],
    { end: 'deleted', task: null },
  ],
  [
    'put back and done by the next run',
    [
      [open, run('ended', { end: 'put-back' })],
      [complete, run('ended')],
    ],
    { end: 'complete' },
  ],
  [
    'not known for a while',
    [[open, NO_RUN], 'temporal-unreachable', 'tinytask-timeout', [complete, NO_RUN]],
    { end: 'complete' },
  ],
  [
    'called back in time',
    [
      [open, run('parked')],
      [open, run('waiting')],
      [complete, run('ended')],
    ],
    { end: 'complete' },
  ],
])('a task that is %s', async (_, looks, expected) => {
  const { scheduler } = seen(looks);
  expect(await quickly(() => endsOf(scheduler).of(1))).toMatchObject({ taskId: 1, ...expected });
});

test('of a run that knows nothing of attempts the verdict is that of the last one', async () => {
  const verdict = { kind: 'cancelled', reason: 'by ann' } as const;
  const attempts = vi.fn(async () => [ATTEMPT, { ...ATTEMPT, verdict }]);
  const { scheduler } = seen([[open, run('parked')]], { attempts });
  expect((await quickly(() => endsOf(scheduler).of(1))).verdict).toEqual(verdict);
  expect(attempts).toHaveBeenCalledTimes(1);
});

describe('it fails', () => {
  test.each<[string, Look[], object, object]>([
    ['at once for no such task', [[undefined, NO_RUN]], {}, { code: 'no-such-task' }],
    [
      'at once where a server is away from the start',
      ['tinytask-unreachable'],
      {},
      { code: 'tinytask-unreachable' },
    ],
    [
      'when a server has been away for a minute',
      [[open, NO_RUN], 'temporal-stuck'],
      {},
      { code: 'temporal-stuck' },
    ],
    [
      'at once for what will not pass',
      [[open, NO_RUN], 'tinytask-refused'],
      {},
      { code: 'tinytask-refused' },
    ],
    [
      'at its time limit',
      [[open, run('waiting')]],
      { timeoutMs: 5_000 },
      { failure: { code: 'not-ended-yet', withinMs: 5_000, state: 'waiting' } },
    ],
    [
      'for what is parked, where that is waited for',
      [[open, run('parked')]],
      { timeoutMs: 9_000, throughParked: true },
      { code: 'not-ended-yet' },
    ],
  ])('%s', async (_, looks, options, expected) => {
    const { scheduler } = seen(looks);
    await expect(quickly(() => endsOf(scheduler).of(1, options))).rejects.toMatchObject(expected);
  });

  test.each([0, -1, 1.5, Number.NaN])('for the task %s', async (id) => {
    await expect(endsOf(seen([]).scheduler).of(id)).rejects.toThrow(TypeError);
  });

  test('when it is aborted, with the reason of the signal, also where nobody answers', async () => {
    const silent = seen([[open, NO_RUN]], { task: () => new Promise<never>(() => undefined) });
    for (const { scheduler } of [silent, seen([[open, NO_RUN]])]) {
      const stop = new AbortController();
      const waiting = endsOf(scheduler).of(1, { signal: stop.signal });
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      await expect(endsOf(scheduler).of(1, { signal: stop.signal })).rejects.toThrow('enough');
    }
  });
});

test('tasks are looked at eight at a time, however many are waited for', async () => {
  let inside = 0;
  let most = 0;
  const scheduler: WaitedFor = {
    async task(id) {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((done) => setTimeout(done, 1));
      inside -= 1;
      return taskOf(id, { status: 'complete' });
    },
    outcomeOf: async (taskId) => ({ ...NO_RUN, taskId }),
    attempts: async () => [],
  };
  const ends = endsOf(scheduler);
  const all = await Promise.all(Array.from({ length: 100 }, (_, at) => ends.of(at + 1)));
  expect(all.map(({ taskId }) => taskId)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  expect(most).toBe(8);
});
