import { expect, test } from 'vitest';
import { attemptNow, attemptsAt } from '../../client/attempts.ts';
import type { Attempt } from '../../contract/attempts.ts';
import { attemptEvents, completed } from '../support/attempt-events.ts';
import { clientOf, type DescribedRun } from '../support/described-runs.ts';
import { taskOf } from '../support/tasks.ts';

const memo = { createdAt: 'then' };
const verdict = { kind: 'completed', reason: 'done' } as const;
const over = (number: number) => attemptEvents(number, completed(number, { verdict, host: 'there' }));

function runOf(change: Partial<DescribedRun>): DescribedRun {
  return { taskId: 7, agent: 'ada', phase: 'running', closedAtMs: null, memo, ...change };
}

const noTask = { get: async () => undefined };

function attemptsOf(...runs: DescribedRun[]): Promise<Attempt[]> {
  return attemptsAt({ client: clientOf(() => runs), tinytask: noTask }, 7);
}

test('the attempts of all runs of a task, oldest first', async () => {
  const found = await attemptsOf(
    runOf({ runId: 'one', closedAtMs: 16_000, ended: 'COMPLETED', events: over(1) }),
    runOf({
      runId: 'two',
      events: [...over(2), ...attemptEvents(3)],
      atAttempt: true,
      heardAtMs: 1,
      worker: '1@here',
    }),
  );
  expect(found.map(({ number, runId, host, endedAtMs }) => [number, runId, host, endedAtMs])).toEqual([
    [1, 'one', 'there', 15_000],
    [2, 'two', 'there', 25_000],
    [3, 'two', 'here', null],
  ]);
});

test('a run that was reset repeats what the run before it did: that counts once, as that one’s', async () => {
  const found = await attemptsOf(
    runOf({ runId: 'one', closedAtMs: 26_000, events: [...over(1), ...attemptEvents(2)] }),
    runOf({ runId: 'two', resetFrom: 'one', events: [...over(1), ...attemptEvents(3)] }),
  );
  expect(found.map(({ number, runId }) => [number, runId])).toEqual([
    [1, 'one'],
    [2, 'one'],
    [3, 'two'],
  ]);
  // It was cut off with its run.
  expect(found[1]).toMatchObject({ endedAtMs: 26_000, verdict: null });
});

test('those at another task that once had the id are none', async () => {
  const found = await attemptsOf(
    runOf({ runId: 'old', closedAtMs: 1, events: over(1), memo: { createdAt: 'before' } }),
    runOf({ runId: 'new', events: attemptEvents(1) }),
  );
  expect(found.map(({ runId }) => runId)).toEqual(['new']);
});

test('a task without a run has had none, and one that there is not is told', async () => {
  const client = clientOf(() => []);
  expect(await attemptsAt({ client, tinytask: { get: async () => taskOf(7) as never } }, 7)).toEqual([]);
  await expect(attemptsAt({ client, tinytask: noTask }, 7)).rejects.toMatchObject({ code: 'no-such-task' });
});

test('an attempt as it is now', async () => {
  const [open] = await attemptsOf(runOf({ runId: 'one', events: attemptEvents(1) }));
  if (open === undefined) throw new Error('there is none');
  const now = (run: DescribedRun) =>
    attemptNow(
      clientOf(() => [run]),
      open,
    );
  expect(await now(runOf({ runId: 'one', events: over(1) }))).toMatchObject({ endedAtMs: 15_000, verdict });
  // It stood down before it began.
  const stoodDown = attemptEvents(1, completed(1, { noAttempt: 'paused' }));
  expect(await now(runOf({ runId: 'one', events: stoodDown }))).toBeUndefined();
  expect(await now(runOf({ runId: 'other' }))).toBeUndefined();
});
