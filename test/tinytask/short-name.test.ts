import { describe, expect, test } from 'vitest';
import { parseReply, taskListReply } from '../../tinytask/replies.ts';
import { shortName } from '../../tinytask/short-name.ts';
import { HOSTILE } from '../support/hostile-texts.ts';

test.each(['dev', '', 'a b', 'x'.repeat(200), '漢字'.repeat(100), 'a"b'])(
  'a name that can be held stays: %s',
  (name) => {
    expect(shortName(name)).toBe(name);
  },
);

describe('what a search attribute cannot hold', () => {
  const long = [...Object.values(HOSTILE), 'x'.repeat(201), '🪿'.repeat(4_000), 'a\0b', 'y'.repeat(900_000)];
  test.each(long.map((name) => [name.slice(0, 20), name]))('%j', (_start, name) => {
    const short = shortName(name);
    // PostgreSQL's visibility has 255 characters and no NUL, SQLite's 2,048 bytes.
    expect([...short].length).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(JSON.stringify(short))).toBeLessThan(2_048);
    expect(short).not.toContain('\0');
    expect(short.isWellFormed()).toBe(true);
    expect(shortName(short)).toBe(short);
  });

  test('is still told apart', () => {
    const names = ['a', 'b', ''].map((end) => `${'x'.repeat(5_000)}${end}`);
    const others = ['a\0', 'a\ufffd', 'a\ud83d'];
    const short = [...names, ...others].map(shortName);
    expect(new Set(short).size).toBe(short.length);
  });
});

test('every name of a task is cut where it comes in; its title is not', () => {
  const huge = 'q'.repeat(2_200_000);
  const task = {
    ...{ id: 1, title: huge, status: 'idle', priority: 0, created_by: huge, tags: [`recipe:${huge}`] },
    ...{
      queue_name: huge,
      assigned_to: huge,
      previous_assigned_to: huge,
      created_at: huge,
      updated_at: huge,
    },
  };
  const [read] = parseReply('list_tasks', JSON.stringify({ tasks: [task] }), taskListReply);
  const { title, ...rest } = read ?? { title: '' };
  expect(title).toBe(huge);
  expect(JSON.stringify(rest).length).toBeLessThan(2_500);
});
