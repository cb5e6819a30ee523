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
