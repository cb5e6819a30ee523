import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeyStore, type Making } from '../../../client/keys/key-store.ts';
import { RESTORED_FROM } from '../../../config/restored-from.ts';
import { schedulerError } from '../../../words/errors.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'keys-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

/** What is made, each with its mark; a process may be killed at each step. */
function maker() {
  const made: string[] = [];
  return {
    made,
    making: (killed?: 'before' | 'after') => ({
      request: 'the same',
      async make(mark: string) {
        if (killed === 'before') throw new Error('killed');
        made.push(mark);
        if (killed === 'after') throw new Error('killed');
        return { id: made.length };
      },
      find: async (mark: string) => (made.includes(mark) ? { id: made.indexOf(mark) + 1 } : undefined),
    }),
  };
}

test.each(['before', 'after'] as const)(
  'one that was killed %s it was made makes it once',
  async (killed) => {
    const { made, making } = maker();
    await expect(new KeyStore(stateDir).once('local', 'k', making(killed))).rejects.toThrow('killed');
    const again = new KeyStore(stateDir);
    expect(await again.once('local', 'k', making())).toEqual({ id: 1, isNew: killed === 'before' });
    expect(await again.once('local', 'k', making())).toEqual({ id: 1, isNew: false });
    expect(made).toHaveLength(1);
  },
);

test('another process finds what this one has made; another caller and another request do not', async () => {
  const { made, making } = maker();
  await new KeyStore(stateDir).once('local', 'k', making());
  const other = new KeyStore(stateDir);
  expect(await other.once('local', 'k', making())).toEqual({ id: 1, isNew: false });
  await expect(other.once('local', 'k', { ...making(), request: 'another' })).rejects.toThrow('key-used');
  expect(await other.once('token', 'k', making())).toEqual({ id: 2, isNew: true });
  expect(made).toHaveLength(2);
});

test('what was refused has made nothing: its key is as if it had not been sent', async () => {
  const { made, making } = maker();
  const keys = new KeyStore(stateDir);
  const fails = (error: Error): Making => ({
    ...making(),
    request: 'a wrong one',
    make: () => Promise.reject(error),
  });
  const refused = schedulerError({ code: 'no-such-task', taskId: 9 });
  const timeout = schedulerError({ code: 'tinytask-timeout', tool: 'create_task', text: 'no answer' });
  await expect(keys.once('local', 'k', fails(refused))).rejects.toBe(refused);
  expect(await keys.once('local', 'k', making())).toEqual({ id: 1, isNew: true });
  // Nobody knows whether this one was made.
  await expect(keys.once('local', 'other', fails(timeout))).rejects.toBe(timeout);
  await expect(keys.once('local', 'other', making())).rejects.toThrow('key-used');
  expect(made).toHaveLength(1);
});

test('two servers of one state directory at once make it once', async () => {
  const { made, making } = maker();
  const slowly = (): Making => ({
    ...making(),
    async make(mark) {
      await sleep(50);
      return making().make(mark);
    },
  });
  const told = await Promise.all([1, 2, 3].map(() => new KeyStore(stateDir).once('local', 'k', slowly())));
  expect([
    made.length,
    told.filter(({ isNew }) => isNew).length,
    new Set(told.map(({ id }) => id)).size,
  ]).toEqual([1, 1, 1]);
});

test('a key names no file of its own choice', async () => {
  const { making } = maker();
  await new KeyStore(stateDir).once('local', '../../../etc/x', making());
  expect(readdirSync(join(stateDir, 'api-keys'))).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.json$/)]);
});

test('after a restore nothing is made twice that the backup has, although its key is not in it', async () => {
  const { made, making } = maker();
  await new KeyStore(stateDir).once('local', 'k', making());
  rmSync(join(stateDir, 'api-keys'), { recursive: true });
  writeFileSync(join(stateDir, RESTORED_FROM), '{}');
  expect(await new KeyStore(stateDir).once('local', 'k', making())).toEqual({ id: 1, isNew: false });
  // Two days later nobody tries it again.
  rmSync(join(stateDir, 'api-keys'), { recursive: true });
  const before = new Date(Date.now() - 2 * 86_400_000);
  utimesSync(join(stateDir, RESTORED_FROM), before, before);
  expect(await new KeyStore(stateDir).once('local', 'k', making())).toEqual({ id: 2, isNew: true });
  expect(made).toHaveLength(2);
});

test('what is kept of another place is made anew, once', async () => {
  const keys = new KeyStore(stateDir);
  const made: string[] = [];
  const making = (createdAt: string, isOfAnother: boolean): Making => ({
    request: 'the same',
    make: async () => ({ id: made.push(createdAt), createdAt }),
    find: async () => undefined,
    isOfAnother: async () => isOfAnother,
  });
  const first = { id: 1, createdAt: 'then' };
  expect(await keys.once('local', 'k', making('then', true))).toEqual({ ...first, isNew: true });
  expect(await keys.once('local', 'k', making('now', false))).toEqual({ ...first, isNew: false });
  expect(await keys.made('local', 'k')).toEqual(first);
  const second = { id: 2, createdAt: 'now' };
  expect(await keys.once('local', 'k', making('now', true))).toEqual({ ...second, isNew: true });
  expect(await keys.made('local', 'k')).toEqual(second);
});
