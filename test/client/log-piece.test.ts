import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readLogPiece } from '../../client/log-piece.ts';
import type { Config } from '../../config/config.ts';
import type { Attempt } from '../../contract/attempts.ts';
import type { LogAsked } from '../../contract/listings.ts';

let attempts: Attempt[] = [];
vi.mock('../../client/attempts.ts', () => ({ attemptsAt: async () => attempts }));

const NAME = 'task_1_attempt_1_run.log';
const ATTEMPT: Attempt = {
  ...{ taskId: 1, number: 1, runId: 'run', state: 'ended', agent: 'ada', recipe: null, host: hostname() },
  ...{ sentAtMs: 1, startedAtMs: 1, endedAtMs: 2, verdict: null, claimed: true, log: NAME, logTrouble: null },
  ...{ seconds: 1, turns: 1, tokens: 1, end: null },
};

let dir: string;
let config: Config;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'logs-'));
  mkdirSync(join(dir, 'logs'));
  config = { logDir: join(dir, 'logs'), logKeepDays: 1, logKeepBytes: 1 } as Config;
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Of an attempt whose log has this name and this text. */
function piece(asked: LogAsked, about: Partial<Attempt> = {}) {
  attempts = [{ ...ATTEMPT, ...about }];
  return readLogPiece({ config } as Parameters<typeof readLogPiece>[0], 1, asked);
}

test('piece after piece is the whole, in whole characters', async () => {
  const text = 'aé漢🪿'.repeat(50);
  writeFileSync(join(dir, 'logs', NAME), text);
  for (const mostBytes of [4, 5, 7, 64, 10_000]) {
    let read = '';
    for (let from = 0; ; ) {
      const { text: next, to, size } = await piece({ from, mostBytes });
      expect(next).not.toContain('\ufffd');
      read += next;
      if (to === size) break;
      expect(to).toBeGreaterThan(from);
      from = to;
    }
    expect(read).toBe(text);
  }
});

test('from the end, beyond the end, and what is no UTF-8', async () => {
  writeFileSync(join(dir, 'logs', NAME), 'aé漢🪿');
  // Four bytes of a goose, and one of a character before it that is left out.
  expect(await piece({ from: -5, mostBytes: 100 })).toMatchObject({
    text: '🪿',
    to: 10,
    size: 10,
    isOver: true,
  });
  expect(await piece({ from: -500, mostBytes: 100 })).toMatchObject({ from: 0, text: 'aé漢🪿' });
  expect(await piece({ from: 11, mostBytes: 100 })).toMatchObject({ from: 11, text: '', size: 10 });
  writeFileSync(join(dir, 'logs', NAME), Buffer.alloc(100, 0x80));
  expect(await piece({ from: 0, mostBytes: 10 })).toMatchObject({ from: 0, to: 10 });
});

test('one that is written is not over, and half a character waits for its rest', async () => {
  writeFileSync(join(dir, 'logs', NAME), Buffer.from('a漢').subarray(0, 3));
  expect(await piece({ from: 0, mostBytes: 100 }, { endedAtMs: null })).toMatchObject({
    text: 'a',
    to: 1,
    size: 3,
    isOver: false,
  });
});

test.each([
  ['another place', { log: '../secret.log' }, 'no-log'],
  ['an absolute path', { log: '/etc/passwd' }, 'no-log'],
  ['a link', { log: 'task_1_attempt_1_link.log' }, 'log-unreadable'],
  ['what is not there', { log: 'task_1_attempt_9_run.log' }, 'log-missing'],
  ['what another host has', { log: 'task_1_attempt_9_run.log', host: 'elsewhere' }, 'log-elsewhere'],
  ['none', { log: null }, 'no-log'],
])('the log of an attempt that names %s', async (_, about, code) => {
  writeFileSync(join(dir, 'secret.log'), 'secret');
  rmSync(join(dir, 'logs', 'task_1_attempt_1_link.log'), { force: true });
  symlinkSync(join(dir, 'secret.log'), join(dir, 'logs', 'task_1_attempt_1_link.log'));
  await expect(piece({ from: 0, mostBytes: 100 }, about)).rejects.toMatchObject({ code });
});

test('an attempt that nobody knows', async () => {
  await expect(piece({ from: 0, mostBytes: 1, attempt: 2 })).rejects.toMatchObject({
    code: 'no-such-attempt',
  });
});

test.each([1, 2, 3, 1_000])(
  'whole lines, forwards and backwards, at most %i at a time',
  async (mostLines) => {
    const text = Array.from({ length: 60 }, (_, line) => `${'é🪿'.repeat(line % 5)}${line}`).join('\n');
    writeFileSync(join(dir, 'logs', NAME), text);
    for (const mostBytes of [40, 97, 4_000]) {
      let read = '';
      for (let from = 0; ; ) {
        const next = await piece({ from, mostBytes, mostLines });
        expect(next.from).toBe(from);
        expect(next.text.split('\n').length - 1).toBeLessThanOrEqual(mostLines);
        expect(next.text.endsWith('\n') || next.to === next.size).toBe(true);
        read += next.text;
        from = next.to;
        if (from === next.size) break;
      }
      expect(read).toBe(text);
      let back = '';
      for (let before = Buffer.byteLength(text); before > 0; ) {
        const next = await piece({ from: 0, before, mostBytes, mostLines });
        expect(next.to).toBe(before);
        expect(next.from).toBeLessThan(before);
        back = next.text + back;
        before = next.from;
      }
      expect(back).toBe(text);
    }
  },
);

test('a piece from anywhere begins with a line; a line that is longer than it comes in parts', async () => {
  writeFileSync(join(dir, 'logs', NAME), 'first\nsecond\nthird');
  expect(await piece({ from: 2, mostBytes: 100, mostLines: 9 })).toMatchObject({
    from: 6,
    text: 'second\nthird',
  });
  expect(await piece({ from: 6, mostBytes: 9, mostLines: 9 })).toMatchObject({ text: 'second\n', to: 13 });
  expect(await piece({ from: 0, before: 15, mostBytes: 100, mostLines: 1 })).toMatchObject({ text: 'th' });
  writeFileSync(join(dir, 'logs', NAME), '漢'.repeat(50));
  expect(await piece({ from: 1, mostBytes: 8, mostLines: 9 })).toMatchObject({
    from: 3,
    to: 9,
    text: '漢漢',
  });
  expect(await piece({ from: 0, before: 150, mostBytes: 8, mostLines: 9 })).toMatchObject({ from: 144 });
});
