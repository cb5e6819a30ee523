import { expect, test } from 'vitest';
import { readJson } from '../../config/json-text.ts';

const BROKEN: [text: string, said: string][] = [
  [
    '[\n  {"limit": 2,}\n]',
    'line 2, column 14: a comma with nothing after it: remove the comma ({"limit": 2,})',
  ],
  [
    '[\n  {"limit": 2},\n]',
    'line 2, column 15: a comma with nothing after it: remove the comma ({"limit": 2},)',
  ],
  ['[1,,2]', 'line 1, column 4: a comma too many: remove it ([1,,2])'],
  [
    '[{"a": 1} {"a": 2}]',
    'line 1, column 11: a comma is missing: write one before this ([{"a": 1} {"a": 2}])',
  ],
  ['[{"a" 1}]', 'line 1, column 7: a colon is missing: write one between key and value ([{"a" 1}])'],
  ['[{"a": }]', 'line 1, column 8: the value is missing: write one ([{"a": }])'],
  [
    '[{"a": "x\ny"}]',
    'line 1, column 8: a text is not closed in its line: close it with ", and write \\n for a line break ([{"a": "x)',
  ],
  ['["a\tb"]', 'line 1, column 2: a text has a control character in it: write \\t for a tab (["a b"])'],
  ['[{"a": 1 // one\n}]', 'line 1, column 10: JSON has no comments: remove it ([{"a": 1 // one)'],
  ['# agents\n[]', 'line 1, column 1: JSON has no comments: remove it (# agents)'],
  ["[{'a': 1}]", "line 1, column 3: JSON has no such quotes: use \" instead ([{'a': 1}])"],
  ['[{“a”: 1}]', 'line 1, column 3: JSON has no such quotes: use " instead ([{“a”: 1}])'],
  ['[{a: 1}]', 'line 1, column 3: a key needs quotes: write it in " ([{a: 1}])'],
  ['[{"a": dev}]', 'line 1, column 8: a text needs quotes: write it in " ([{"a": dev}])'],
  ['[True]', 'line 1, column 2: JSON writes true instead of True ([True])'],
  ['[None]', 'line 1, column 2: JSON writes null instead of None ([None])'],
  ['["C:\\x"]', 'line 1, column 2: a backslash that means nothing: write \\\\ for a backslash (["C:\\x"])'],
  ['[{"a": 1]', 'line 1, column 9: a "}" is missing: write it before this ([{"a": 1])'],
  ['[{"a": 1}', 'line 1, column 10: the text ends too early: "]" is missing ([{"a": 1})'],
  ['[1]\n]', 'line 2, column 1: there is more after the end: remove it (])'],
  [
    `[${'1,'.repeat(100)}x]`,
    `line 1, column 202: a text needs quotes: write it in " (…${'1,'.repeat(29)}x])`,
  ],
  ['[\u001b[31m]', 'line 1, column 2: a text needs quotes: write it in " ([ [31m])'],
];

test.each(BROKEN)('%j', (text, said) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(readJson(text)).toEqual({ problem: `it is not JSON: ${said}` });
});

test('nesting without end is refused in no time', () => {
  expect(readJson('['.repeat(500_000))).toHaveProperty('problem');
});

test('keys that are there twice', () => {
  expect(readJson('[{"a": 1,\n"b": {"c": 1, "c": 2},\n"a": 2}]')).toEqual({
    value: [{ a: 2, b: { c: 2 } }],
    repeated: [
      { path: [0, 'b'], key: 'c', lines: [2, 2] },
      { path: [0], key: 'a', lines: [1, 3] },
    ],
  });
});
