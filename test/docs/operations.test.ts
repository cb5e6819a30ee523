import { expect, test } from 'vitest';
import { VERDICT_KINDS } from '../../domain/attempt/verdict.ts';
import { readDocument } from '../support/documents.ts';

const operations = readDocument('docs/operations.md').text;

/** What a closed union of the code has, by its source: unions are gone when the code runs. */
function members(path: string, pattern: RegExp): string[] {
  return [...readDocument(path).text.matchAll(pattern)].map(([, name = '']) => name);
}

/** First cells of the table rows below a heading. */
function rowsBelow(heading: string): string[] {
  const section = operations.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name = '']) => name);
}

test('every reason for which a task does not run is explained, and no other', () => {
  const reasons = members('domain/plan/reason.ts', /^ {2}\| \{ why: '([a-z-]+)'/gm);
  expect(reasons.length).toBeGreaterThan(15);
  expect(rowsBelow('Why a task does not run').sort()).toEqual([...reasons].sort());
});

test('every verdict is explained, and no other', () => {
  expect(rowsBelow('What a run came to').sort()).toEqual([...VERDICT_KINDS].sort());
});

/** The probability that a task waits at all, by Erlang's formula C: `busy` is the offered load in slots. */
function erlangC(slots: number, busy: number): number {
  let blocked = 1;
  for (let at = 1; at <= slots; at += 1) blocked = (busy * blocked) / (at + busy * blocked);
  return (slots * blocked) / (slots - busy * (1 - blocked));
}

/** Mean wait of all tasks, as a part of the mean run time. */
const waitOf = (slots: number, busy: number) => erlangC(slots, busy) / (slots - busy);

test('the slots in the table are the fewest that meet the wait', () => {
  const parts = [0.5, 0.25, 0.1, 0.05];
  const rows = [...operations.matchAll(/^\| ([\d.]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)].map(
    ([, ...cells]) => cells.map(Number),
  );
  expect(rows.length).toBeGreaterThan(8);
  for (const [busy = 0, ...slots] of rows) {
    for (const [at, part] of parts.entries()) {
      const fewest = slots[at] ?? 0;
      expect([busy, part, waitOf(fewest, busy) <= part]).toEqual([busy, part, true]);
      const isFewest = fewest - 1 <= busy || waitOf(fewest - 1, busy) > part;
      expect([busy, part, fewest, isFewest]).toEqual([busy, part, fewest, true]);
    }
  }
});

test('the example with 10 busy slots is right, and the rule with the root meets what is said of it', () => {
  const prose = operations.replace(/\s+/g, ' ');
  expect(prose).toContain('30 × 20/60 = 10 slots');
  const slots = Math.ceil(10 + Math.sqrt(10));
  expect(prose).toContain(`so ${slots} slots. One task in six waits then, and the mean wait is 4 % of a run`);
  expect([1 / erlangC(slots, 10), 100 * waitOf(slots, 10)].map(Math.round)).toEqual([6, 4]);
});
