import { expect, test } from 'vitest';
import type { Seen } from './observer/processes.ts';
import { Workers } from './observer/workers.ts';

const [A, B, A_GUARD, B_GUARD] = [10, 20, 11, 21];
const START_MS = 1_000;

const seen = (pid: number, ppid: number, stopped = false): Seen => ({
  key: `${pid}/1`,
  pid,
  ppid,
  startTime: 1,
  stopped,
  argv: ppid === 1 ? ['node', 'main.js'] : ['node', 'guardian-main.js'],
});
const worker = (pid: number, stopped = false) => seen(pid, 1, stopped);
const guardian = (pid: number, of: number, stopped = false) => seen(pid, of, stopped);
const all = [worker(A), guardian(A_GUARD, A), worker(B), guardian(B_GUARD, B)];
const table = (processes: Seen[]) => new Map(processes.map((each) => [each.pid, each]));

/** Two looks: one at which everything is there, and a second later one at these. */
function after(hosts: [string, string], processes: Seen[]): Workers {
  const workers = new Workers();
  workers.add(A, hosts[0], START_MS);
  workers.add(B, hosts[1], START_MS);
  workers.look(table(all), START_MS);
  workers.look(table(processes), START_MS + 1_000);
  return workers;
}

test.each<[string, Seen[], why: string | undefined, onOwnHost: boolean]>([
  ['all are there', all, undefined, true],
  ['the worker is gone', all.slice(1), 'the SIGKILL of its worker', true],
  ['the worker is stopped', [worker(A, true), ...all.slice(1)], 'the SIGSTOP of its worker', true],
  ['the guardian is gone', [worker(A), ...all.slice(2)], 'the SIGKILL of its guardian', true],
  [
    'the guardian is stopped',
    [worker(A), guardian(A_GUARD, A, true), ...all.slice(2)],
    'the SIGSTOP of its guardian',
    true,
  ],
  ['both are gone', all.slice(2), 'the SIGKILL of its worker', false],
  [
    'one is gone and the other stopped',
    [worker(A, true), ...all.slice(2)],
    'the SIGSTOP of its worker',
    false,
  ],
])('where %s', (_, processes, why, isCovered) => {
  const apart = after(['host-1', 'host-ahead'], processes);
  expect(apart.whyLost(A)).toBe(why);
  // Only what runs on the same host can end what is left there.
  expect(apart.coveredSinceMs('host-1')).toBe(isCovered ? START_MS : undefined);
  expect(apart.coveredSinceMs('host-ahead')).toBe(START_MS);
  const together = after(['host-1', 'host-1'], processes);
  expect(together.whyLost(A)).toBe(why);
  expect(together.coveredSinceMs('host-1')).toBe(START_MS);
});

test('a host is covered again from when something of ours runs there', () => {
  const workers = after(['host-1', 'host-ahead'], all.slice(2));
  workers.add(30, 'host-1', START_MS + 2_000);
  workers.look(table([...all.slice(2), worker(30)]), START_MS + 2_000);
  expect(workers.coveredSinceMs('host-1')).toBe(START_MS + 2_000);
});

test('of a run whose worker is not known, the host that was covered last counts', () => {
  const workers = new Workers();
  expect(workers.coveredSinceMs(undefined)).toBeUndefined();
  workers.add(A, 'host-1', START_MS);
  workers.look(table([worker(A)]), START_MS);
  workers.add(B, 'host-ahead', START_MS + 500);
  workers.look(table([worker(A), worker(B)]), START_MS + 500);
  expect(workers.coveredSinceMs(undefined)).toBe(START_MS + 500);
});

test('a worker that has gone with all that was its own is forgotten, and not before', () => {
  const workers = after(['host-1', 'host-ahead'], all.slice(2));
  workers.forget(new Set([A]), START_MS + 60_000);
  expect(workers.hostOf(A)).toBe('host-1');
  workers.forget(new Set(), START_MS + 60_000);
  expect(workers.hostOf(A)).toBeUndefined();
  expect(workers.hostOf(B)).toBe('host-ahead');
});
