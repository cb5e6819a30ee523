import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { matchesIn, searchLog } from '../../client/log-search.ts';
import type { Config } from '../../config/config.ts';
import { ATTEMPT } from '../support/api-stand.ts';

const NAME = 'task_1_attempt_1_run.log';
vi.mock('../../client/attempts.ts', () => ({
  attemptsAt: async () => [{ ...ATTEMPT, host: hostname(), claimed: true, log: NAME }],
}));

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'logs-'));
  mkdirSync(join(dir, 'logs'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function search(log: string | Buffer, text: string, about: { from?: number; mostMatches?: number } = {}) {
  writeFileSync(join(dir, 'logs', NAME), log);
  const config = { logDir: join(dir, 'logs'), logKeepDays: 1, logKeepBytes: 1 } as Config;
  const deps = { config } as Parameters<typeof searchLog>[0];
  return searchLog(deps, 1, { text, from: 0, mostMatches: 100, ...about });
}

test.each<[string, string, string, number[]]>([
  ['each place', 'ab ab ab', 'ab', [0, 3, 6]],
  ['none', 'abc', 'x', []],
  ['letters large and small', 'Error ERROR error', 'eRRor', [0, 6, 12]],
  ['places in bytes', 'é🪿 goose', 'goose', [7]],
  ['what is no ASCII as it is', 'Ä ä', 'ä', [3]],
  ['no two that overlap', 'aaaaa', 'aa', [0, 2]],
])('%s', async (_, log, text, matches) => {
  expect(await search(log, text)).toMatchObject({ matches, size: Buffer.byteLength(log), isOver: true });
});

test('what lies across the pieces in which it is read is found once, and all is looked through', async () => {
  const log = Buffer.alloc(1_000_000, 'x');
  const places = [262_140, 262_144, 524_286, 786_431, 999_996];
  for (const place of places) log.write('goos', place);
  expect(await search(log, 'goos')).toMatchObject({ matches: places, to: 1_000_000 });
});

test('of very many the first, and then on from there', async () => {
  const first = await search('ab'.repeat(10), 'ab', { mostMatches: 4 });
  expect(first).toMatchObject({ matches: [0, 2, 4, 6], to: 8, size: 20 });
  const next = await search('ab'.repeat(10), 'ab', { from: first.to });
  expect(next).toMatchObject({ matches: [8, 10, 12, 14, 16, 18], to: 20 });
});

test('what a log gets while it is looked through is found by who goes on, and once', async () => {
  const path = join(dir, 'grows.log');
  writeFileSync(path, 'goos goos goos');
  const file = await open(path);
  const asked = { text: 'goos', attempt: 1, mostMatches: 100 };
  const grown = Object.create(file, { stat: { value: async () => ({ size: 6 }) } });
  grown.read = file.read.bind(file);
  const first = await matchesIn(grown, { ...asked, from: 0 });
  const next = await matchesIn(file, { ...asked, from: first.to });
  await file.close();
  expect([...first.matches, ...next.matches]).toEqual([0, 5, 10]);
});
