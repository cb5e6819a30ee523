import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { callOff } from '../../../activities/occurrence/call-off.ts';
import { lookAtTask } from '../../../activities/occurrence/look.ts';
import { NO_PAST } from '../../../domain/attempt/follow.ts';
import { clientOf, type DescribedRun, type Signalled } from '../../support/described-runs.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';
import { httpClient } from '../../support/tool-clients.ts';

async function stand(assignedTo = 'ada') {
  const { endpoint } = await embeddedTinyTask();
  const tinytask = client(endpoint);
  const { id, createdAt } = await tinytask.create({ title: 'a', createdBy: 'test', assignedTo });
  const runs: DescribedRun[] = [];
  const heard: Signalled[] = [];
  const run = (change: Partial<DescribedRun>): void => {
    runs.push({
      taskId: id,
      agent: 'ada',
      phase: 'waiting',
      closedAtMs: null,
      ...change,
      memo: { createdAt, past: NO_PAST, ...change.memo },
    });
  };
  const deps = { client: clientOf(() => runs, heard), tinytask };
  return { endpoint, tinytask, task: { id, createdAt }, runs, heard, run, deps };
}

describe('how the task of an occurrence stands', () => {
  test('is open until it is complete, parked or gone', async () => {
    const it = await stand();
    const state = async () => {
      const { state: now, reason } = await lookAtTask(it.deps, it.task);
      return [now, reason];
    };
    expect(await state()).toEqual(['open', undefined]);
    it.run({ phase: 'backing-off' });
    expect(await state()).toEqual(['open', undefined]);
    it.run({ phase: 'parked', memo: { why: 'attempt 3 of 3 failed: boom' } });
    expect(await state()).toEqual(['parked', 'attempt 3 of 3 failed: boom']);
    it.runs.pop();
    it.run({ phase: 'parked', closedAtMs: 1 });
    expect(await state()).toEqual(['open', undefined]);
    await it.tinytask.archive(it.task.id);
    expect(await state()).toEqual(['gone', 'its task was archived']);
  });

  test('is complete also when it was archived since, and gone where its id is that of another', async () => {
    const it = await stand();
    await it.tinytask.update(it.task.id, { status: 'complete' });
    await it.tinytask.archive(it.task.id);
    expect(await lookAtTask(it.deps, it.task)).toMatchObject({
      state: 'complete',
      attempts: 0,
      tokens: null,
    });
    const other = { ...it.task, createdAt: '2020-01-01T00:00:00Z' };
    expect(await lookAtTask(it.deps, other)).toMatchObject({ state: 'gone', reason: 'its task was deleted' });
    expect(await lookAtTask(it.deps, { ...it.task, id: 99 })).toMatchObject({ state: 'gone' });
  });

  test('is not over while a goose is at it, whoever has completed or archived it', async () => {
    const it = await stand();
    it.run({ phase: 'running', atAttempt: true, heardAtMs: 1, memo: { past: { ...NO_PAST, number: 1 } } });
    await it.tinytask.update(it.task.id, { status: 'complete' });
    expect(await lookAtTask(it.deps, it.task)).toMatchObject({ state: 'open', attempts: 1 });
    // It is written back, or its run ends.
    Object.assign(it.runs[0] as DescribedRun, { atAttempt: false });
    expect(await lookAtTask(it.deps, it.task)).toMatchObject({ state: 'complete' });
    const other = await stand();
    other.run({ phase: 'running', atAttempt: true, heardAtMs: 1 });
    await other.tinytask.archive(other.task.id);
    expect(await lookAtTask(other.deps, other.task)).toMatchObject({ state: 'open' });
    // No host has taken it: none will.
    Object.assign(other.runs[0] as DescribedRun, { heardAtMs: undefined });
    expect(await lookAtTask(other.deps, other.task)).toMatchObject({ state: 'gone' });
  });

  test('has the last links that hang on it, cut, where it does not go on', async () => {
    const it = await stand();
    const goose = await httpClient('2025', { url: `${it.endpoint}/mcp` });
    onTestFinished(() => goose.close());
    const links = async () => (await lookAtTask(it.deps, it.task)).links;
    const long = `https://git/${'é'.repeat(400)}`;
    for (const url of ['file:///old', 'https://git/pull/7', long, '/srv/report.md'])
      await goose.call('add_link', { task_id: it.task.id, url });
    expect(await links()).toBeUndefined();
    it.run({ phase: 'parked' });
    expect(await links()).toEqual([
      'https://git/pull/7',
      expect.stringMatching(/^https:.{100,190}…$/),
      '/srv/report.md',
    ]);
    await it.tinytask.update(it.task.id, { status: 'complete' });
    expect(await links()).toHaveLength(3);
    await it.tinytask.update(it.task.id, { status: 'idle' });
    await it.tinytask.archive(it.task.id);
    it.runs.pop();
    expect(await links()).toHaveLength(3);
    expect((await lookAtTask(it.deps, { ...it.task, id: 99 })).links).toBeUndefined();
  });

  test('a run of an earlier task with its id says nothing of it', async () => {
    const it = await stand();
    it.run({ phase: 'parked', memo: { createdAt: '2020-01-01T00:00:00Z', why: 'old' } });
    expect(await lookAtTask(it.deps, it.task)).toMatchObject({ state: 'open', attempts: 0 });
  });
});

describe('a task that is called off', () => {
  test('is archived with why, once, and stays complete if it was', async () => {
    const it = await stand();
    expect(await callOff(it.deps, it.task, 'cancelled by hand')).toMatchObject({ state: 'gone' });
    expect(await callOff(it.deps, it.task, 'cancelled by hand')).toMatchObject({ state: 'gone' });
    const [comment, ...more] = await it.tinytask.comments(it.task.id);
    expect([comment?.content, more]).toEqual([
      expect.stringContaining('was stopped: cancelled by hand.'),
      [],
    ]);
    const done = await stand();
    await done.tinytask.update(done.task.id, { status: 'complete' });
    expect(await callOff(done.deps, done.task, 'x')).toMatchObject({ state: 'complete' });
    expect(await done.tinytask.get(done.task.id)).toMatchObject({ archivedAt: null });
  });

  test('is tried again when its run does not end for 40 s, also where the clock is set back meanwhile', async () => {
    const it = await stand();
    it.run({ phase: 'waiting' });
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const off = callOff(it.deps, it.task, 'x');
    await vi.waitFor(() => expect(it.heard).toHaveLength(1));
    vi.advanceTimersByTime(41_000);
    vi.setSystemTime(Date.now() - 3_600_000);
    await expect(off).rejects.toThrow(`the run of task ${it.task.id} has not ended yet`);
  });

  test('has its run look at it, and is over when that has ended', async () => {
    const it = await stand();
    it.run({ phase: 'waiting' });
    const off = callOff(it.deps, it.task, 'x');
    await expect.poll(() => it.heard).toMatchObject([{ name: 'look-again' }]);
    Object.assign(it.runs[0] as DescribedRun, { closedAtMs: 1, ended: 'COMPLETED' });
    expect(await off).toMatchObject({ state: 'gone', reason: 'its task was archived' });
  });

  test('while its goose goes on, since that has completed it, is over when that is stopped', async () => {
    const it = await stand();
    it.run({ phase: 'running', atAttempt: true, heardAtMs: 1 });
    await it.tinytask.update(it.task.id, { status: 'complete' });
    const off = callOff(it.deps, it.task, 'x');
    await expect.poll(() => it.heard.map(({ name }) => name)).toEqual(['note', 'cancel']);
    Object.assign(it.runs[0] as DescribedRun, { closedAtMs: 1, atAttempt: false, ended: 'COMPLETED' });
    expect(await off).toMatchObject({ state: 'complete' });
    expect(await it.tinytask.get(it.task.id)).toMatchObject({ status: 'complete', archivedAt: null });
  });

  test('of another TinyTask is nobody’s', async () => {
    const it = await stand();
    it.run({ phase: 'running' });
    expect(await callOff(it.deps, { ...it.task, createdAt: '2020-01-01T00:00:00Z' }, 'x')).toMatchObject({
      state: 'gone',
    });
    expect(it.heard).toEqual([]);
    expect(await it.tinytask.get(it.task.id)).toMatchObject({ archivedAt: null });
  });
});
