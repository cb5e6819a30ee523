import { afterEach, beforeAll, expect, test, vi } from 'vitest';

beforeAll(() => {
  vi.stubGlobal('sessionStorage', { getItem: () => null });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a change that waits to be said is said after what a person did', async () => {
  vi.useFakeTimers();
  const { announce, Announcements } = await import('../../page/parts/announce.tsx');
  const heard = () =>
    (Announcements().props.children as { props: { children: string } }[])[0]?.props.children;
  announce('Ada paused.', 'at-once');
  announce('2 agents stuck', 'in-time');
  announce('Ada resumed.', 'at-once');
  expect(heard()).toBe('Ada resumed.');
  vi.advanceTimersByTime(10_000);
  expect(heard()).toBe('2 agents stuck');
});

test('a change that had no answer in time may have been done; a question was not answered', async () => {
  const { ask, tell } = await import('../../page/api/call.ts');
  const limits = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
  vi.stubGlobal('fetch', () => Promise.reject(new Error('aborted')));
  await expect(tell('POST', '/api/stop-agents')).rejects.toThrow('It may have been done');
  await expect(ask('/api/state')).rejects.toThrow('does not answer');
  expect(limits.mock.calls).toEqual([[90_000], [20_000]]);
});
