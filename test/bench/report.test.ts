import { expect, test } from 'vitest';
import { asObject, type Findings } from '../../bench/figures.ts';
import { markdownReport, textReport } from '../../bench/report.ts';
import { withPart } from '../../bench/write-docs.ts';

const FINDINGS: Findings = {
  figures: [
    { key: 'recovery_s', what: 'it is back', value: null, unit: 's', goal: { atMost: 10 } },
    { key: 'turnaround_ms', part: 'p50', what: 'turn | around', value: 150, unit: 'ms', bare: 60 },
    {
      key: 'turnaround_ms',
      part: 'p99',
      what: 'the slowest',
      value: 300,
      unit: 'ms',
      bare: 100,
      goal: { atMostTimesBare: 2.5 },
      note: 'of ten',
    },
  ],
  sections: [
    { key: 'trace', title: 'Steps', about: 'Of one.', head: ['step', 'p50'], rows: [['a', '1 ms']] },
  ],
  unmeasured: [{ key: 'per_task', why: 'the server is away' }],
};

test('each theme has a table in the order of the keys; what was not measured says why', () => {
  expect(markdownReport(FINDINGS)).toBe(`### Cost

| figure | goal | measured | bare minimum | ratio |  |
| --- | --- | --- | --- | --- | --- |
| turn \\| around |  | 150 ms | 60 ms | x 2.5 |  |
| the slowest | <= x 2.5 | 300 ms | 100 ms | x 3 | missed |
| per_task |  | not measured: the server is away |  |  | missed |

- the slowest: of ten.

### Recovery

| figure | goal | measured | bare minimum | ratio |  |
| --- | --- | --- | --- | --- | --- |
| it is back | <= 10 s | not seen |  |  | missed |

### Steps

Of one.

| step | p50 |
| --- | --- |
| a | 1 ms |`);
});

test('the terminal has the same in columns', () => {
  const lines = textReport(FINDINGS).split('\n');
  expect(lines[0]).toBe('Cost');
  expect(lines[1]).toMatch(/^figure {9}goal {6}measured /);
  expect(lines).toContain('- the slowest: of ten.');
  expect(lines.at(-1)).toBe('a     1 ms');
});

test('--json has every key that was measured, and why one was not', () => {
  expect(asObject(FINDINGS)).toEqual({
    turnaround_ms: { p50: 150, p99: 300 },
    per_task: { notMeasured: 'the server is away' },
    recovery_s: null,
  });
});

test('the written part of the document is replaced, and nothing around it', () => {
  const begin = '<!-- written by `npm run bench -- --write-docs`; do not edit -->';
  const end = '<!-- end of what is written -->';
  expect(withPart(`a\n${begin}\nold\n${end}\nb\n`, 'new')).toBe(`a\n${begin}\n\nnew\n\n${end}\nb\n`);
  expect(() => withPart('nothing', 'new')).toThrow('has no part');
});
