import { describe, expect, test } from 'vitest';
import { nameProblem, parseTaskId } from '../../domain/names.ts';

describe('nameProblem', () => {
  test.each(['a', 'A1', '7of9', 'ada-2', 'a.b_c-d', 'x'.repeat(64)])('%s is a name', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  test.each([
    ['', '"" is not a name'],
    ['.', '"." is not a name'],
    ['..', '".." is not a name'],
    ['a..b', '"a..b" is not a name'],
    ['-rf', '"-rf" is not a name'],
    ['_a', '"_a" is not a name'],
    ['a/b', '"a/b" is not a name'],
    ['a b', '"a b" is not a name'],
    ['a\n', '"a\\n" is not a name'],
    ['a\0b', '"a\\u0000b" is not a name'],
    ['ä', '"ä" is not a name'],
    ['x'.repeat(65), 'has 65 characters; at most 64 are allowed'],
    // Every object has these, so a table by agent would find one that nobody put there.
    ['constructor', '"constructor" is reserved'],
    ['toString', '"toString" is reserved'],
  ])('%j is not', (name, problem) => {
    expect(nameProblem(name)).toContain(problem);
  });

  test('a very long name is not quoted in full', () => {
    expect(nameProblem('x'.repeat(100_000))?.length).toBeLessThan(200);
  });
});

describe('parseTaskId', () => {
  test.each([
    [42, 42],
    ['42', 42],
    [' 42\n', 42],
    [999_999_999_999_999, 999_999_999_999_999],
  ])('%j is %d', (text, id) => {
    expect(parseTaskId(text)).toBe(id);
  });

  test.each([
    0,
    -1,
    1.5,
    Number.NaN,
    1e21,
    '',
    ' ',
    '0',
    '007',
    '+4',
    '4e2',
    '0x2a',
    '42 43',
    '1'.repeat(16),
  ])('%j is no task id', (text) => {
    expect(parseTaskId(text)).toBeUndefined();
  });

  test.each([undefined, null, true, {}, [42]])('%j is no task id', (text) => {
    expect(parseTaskId(text)).toBeUndefined();
  });
});
