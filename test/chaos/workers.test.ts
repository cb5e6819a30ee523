import { expect, test } from 'vitest';
import type { Seen } from './observer/processes.ts';
import { workerIn } from './observer/runs.ts';
import { Workers } from './observer/workers.ts';
import { GUARDIAN_LOADING_MS, LOADING_MS } from './rules.ts';

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

/** The guardians are there from the first look, and loaded before the workers are. */
const ABLE_MS = START_MS + GUARDIAN_LOADING_MS;

/** Two looks: one at which everything is there, and a second later one at these. */
function after(hosts: [string, string], processes: Seen[]): Workers {
  const workers = new Workers();
  workers.add(A, hosts[0], START_MS);
  workers.add(B, hosts[1], START_MS);
  workers.look(table(all), START_MS);
  workers.look(table(processes), START_MS + 1_000);
  return workers;
}

test.each<[string, Seen[], why: string | undefined, ableSinceMs: number | undefined]>([
  ['all are there', all, undefined, ABLE_MS],
  ['the worker is gone', all.slice(1), 'the SIGKILL of its worker', ABLE_MS],
  ['the worker is stopped', [worker(A, true), ...all.slice(1)], 'the SIGSTOP of its worker', ABLE_MS],
  [
    'the guardian is gone',
    [worker(A), ...all.slice(2)],
    'the SIGKILL of its guardian',
    START_MS + LOADING_MS,
  ],
  [
    'the guardian is stopped',
    [worker(A), guardian(A_GUARD, A, true), ...all.slice(2)],
    'the SIGSTOP of its guardian',
    START_MS + LOADING_MS,
  ],
  ['both are gone', all.slice(2), 'the SIGKILL of its worker', undefined],
  [
    'one is gone and the other stopped',
    [worker(A, true), ...all.slice(2)],
    'the SIGSTOP of its worker',
    undefined,
  ],
])('where %s', (_, processes, why, ableSinceMs) => {
  const apart = after(['host-1', 'host-ahead'], processes);
  expect(apart.whyLost(A)).toBe(why);
  // Only what runs on the same host can end what is left there.
  expect(apart.ableSinceMs('host-1')).toBe(ableSinceMs);
  expect(apart.ableSinceMs('host-ahead')).toBe(ABLE_MS);
  const together = after(['host-1', 'host-1'], processes);
  expect(together.whyLost(A)).toBe(why);
  expect(together.ableSinceMs('host-1')).toBe(ABLE_MS);
});

test('a new worker of a host that was left alone is able when it has loaded', () => {
  const workers = after(['host-1', 'host-ahead'], all.slice(2));
  workers.add(30, 'host-1', START_MS + 2_000);
  workers.look(table([...all.slice(2), worker(30)]), START_MS + 2_000);
  expect(workers.ableSinceMs('host-1')).toBe(START_MS + 2_000 + LOADING_MS);
});

test('a guardian that was just started stands in for nobody until it has loaded', () => {
  const workers = after(['host-1', 'host-ahead'], [worker(A), ...all.slice(2)]);
  const AGAIN = 12;
  const newGuardian = [guardian(AGAIN, A), ...all.slice(2)];
  workers.look(table([worker(A), ...newGuardian]), START_MS + 60_000);
  // Its worker has been there for long.
  expect(workers.ableSinceMs('host-1')).toBe(START_MS + LOADING_MS);
  workers.look(table(newGuardian), START_MS + 60_100);
  expect(workers.ableSinceMs('host-1')).toBe(START_MS + 60_000 + GUARDIAN_LOADING_MS);
});

test('one that goes on after it was stopped has loaded long ago', () => {
  const workers = after(['host-1', 'host-ahead'], [worker(A, true), ...all.slice(2)]);
  workers.look(table([worker(A), ...all.slice(2)]), START_MS + 18_000);
  expect(workers.ableSinceMs('host-1')).toBe(START_MS + 18_000);
});

test('of a run whose worker is not known, the host that was able last counts', () => {
  const workers = new Workers();
  expect(workers.ableSinceMs(undefined)).toBeUndefined();
  workers.add(A, 'host-1', START_MS);
  workers.look(table([worker(A)]), START_MS);
  workers.add(B, 'host-ahead', START_MS + 500);
  workers.look(table([worker(A), worker(B)]), START_MS + 500);
  expect(workers.ableSinceMs(undefined)).toBe(START_MS + 500 + LOADING_MS);
});

test('a run whose worker is not known may be of the host on which nobody runs', () => {
  const workers = after(['host-1', 'host-ahead'], all.slice(2));
  expect(workers.ableSinceMs('host-ahead')).toBe(ABLE_MS);
  expect(workers.ableSinceMs(undefined)).toBeUndefined();
});

test.each([
  ['0123456789abcdef.4711.2559787', 4711],
  ['', undefined],
  [undefined, undefined],
  ['no mark', undefined],
])('the worker that the mark %s names', (mark, pid) => {
  expect(workerIn(mark)).toBe(pid);
});

test('a worker that has gone with all that was its own is forgotten, and not before', () => {
  const workers = after(['host-1', 'host-ahead'], all.slice(2));
  workers.forget(new Set([A]), START_MS + 60_000);
  expect(workers.hostOf(A)).toBe('host-1');
  workers.forget(new Set(), START_MS + 60_000);
  expect(workers.hostOf(A)).toBeUndefined();
  expect(workers.hostOf(B)).toBe('host-ahead');
});
