import { describe, expect, test } from 'vitest';
import { program } from '../../client/cli/program.ts';
import { commandLines, type Document, readDocument } from '../support/documents.ts';
import { wrongElsewhere } from '../support/guide/elsewhere.ts';
import { constant, firstWrong } from '../support/guide/printed.ts';
import { plainCall } from '../support/guide/run-step.ts';
import { blocksOf, stepsOf, withPrinted } from '../support/guide/steps.ts';

const [operations, schedules] = ['docs/operations.md', 'docs/schedules.md'].map(readDocument) as [
  Document,
  Document,
];

describe('what is not run', () => {
  const lines = [operations, schedules].flatMap(({ path, text }) =>
    blocksOf(text).flatMap(({ line, lines: all }) =>
      all.map((content, at) => ({ content, path, line: line + at })),
    ),
  );

  test.each(lines)('$path:$line $content', ({ content }) => {
    expect(wrongElsewhere(content)).toBeUndefined();
  });
});

test('each command of schedules is run in their guide', () => {
  const run = stepsOf(schedules.text).flatMap(({ command }) => commandLines(command));
  const known = new Set(run.map((line) => line.split(' ').slice(0, 2).join(' ')));
  const group = program().commands.find((command) => command.name() === 'schedule');
  const names = group?.commands.map((command) => `schedule ${command.name()}`) ?? [];
  expect(names.filter((name) => !known.has(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(10);
});

test('each command is found in the guide', () => {
  const known = new Set(commandLines(operations.text).map((line) => line.split(' ')[0]));
  const names = program()
    .commands.map((command) => command.name())
    .filter((name) => !name.startsWith('internal-'));
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

describe('how it is read', () => {
  const DOCUMENT = [
    'text',
    '<!-- $ touch a -->',
    '```console',
    '$ cat <<E',
    '> x',
    '> E',
    'x',
    '$ b',
    '```',
    'end',
  ];

  test('commands with their lines, what they print, and what the reader does not see', () => {
    expect(stepsOf(DOCUMENT.join('\n'))).toEqual([
      { line: 2, command: 'touch a', shown: undefined },
      { line: 4, command: 'cat <<E\nx\nE', shown: ['x'] },
      { line: 8, command: 'b', shown: [] },
    ]);
  });

  test('what was printed takes the place of what was shown', () => {
    const [, cat, b] = stepsOf(DOCUMENT.join('\n'));
    if (!cat || !b) throw new Error('no steps');
    const now = new Map([
      [cat, ['1', '2']],
      [b, ['3']],
    ]);
    const expected = [...DOCUMENT.slice(0, 6), '1', '2', '$ b', '3', '```', 'end'];
    expect(withPrinted(DOCUMENT.join('\n'), now).split('\n')).toEqual(expected);
  });

  test.each<[string[], string[], number | undefined]>([
    [['a', 'b'], ['a', 'b'], undefined],
    [['a', 'b'], ['a', 'c'], 1],
    [['a'], ['a', 'b'], 1],
    [['a', 'b'], ['a'], 1],
    [['a', '…'], ['a', 'b', 'c'], undefined],
    [['…', 'c'], ['a', 'b', 'c'], undefined],
    [['…', 'd'], ['a', 'b', 'c'], 1],
    [['…'], [], undefined],
    [['task 1 …, for 2 s'], ['task 1 on vaela, attempt 1, for 14 min'], undefined],
    [['task 1 …, for 2 s'], ['task 2 on vaela, for 2 s'], 0],
    [['1 (of 3)'], ['1 (of 4)'], 0],
    [['a*b'], ['aab'], 0],
    [['A  B   C'], ['A B C'], undefined],
  ])('%j is held by %j', (shown, printed, wrong) => {
    expect(firstWrong(shown, printed)).toBe(wrong);
  });

  test.each([
    ['2 s ago, 13 ms', '3 h 5 min ago, 1 s'],
    ['by 4711@host-a', 'by 1@ci.example.net'],
    ['2026-01-31 12:00:00 UTC', '2027-11-01 01:02:03 UTC'],
    [
      'Sat 2026-01-31 03:00 +01:00 Europe/Berlin (02:00 UTC), in 9 h 0 min',
      'Thu 2027-07-01 03:00 +02:00 Europe/Berlin (Wed 2027-06-30 21:00 -04:00 America/New_York), in 2 days',
    ],
    ['Sat 2026-01-31 03:00:05 +01:00 (here 02:00:05)', 'Thu 2027-07-01 03:00:59 Z'],
    ['Read the logs of 2026-01-31', 'Read the logs of 2027-07-01'],
    ['2026-01-31T12:00:00.123Z', '2027-11-01T01:02:03.456Z'],
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:41234/'],
    ['task_1_attempt_1_01a215e0.log', 'task_1_attempt_1_deadbeef.log'],
  ])('%j and %j are the same for it', (one, other) => {
    expect(constant(one)).toBe(constant(other));
  });
});

describe('a call that needs no shell, and no process of its own', () => {
  test.each<[string, string[] | undefined]>([
    ['./tinyscheduler status', ['status']],
    [
      './tinyscheduler stop-agents --note "an agent\u2019s disk"',
      ['stop-agents', '--note', 'an agent\u2019s disk'],
    ],
    ["./tinyscheduler add 'two words' --queue dev", ['add', 'two words', '--queue', 'dev']],
    ["./tinyscheduler schedule list --after ''", ['schedule', 'list', '--after', '']],
    ['./tinyscheduler run-now 1', ['run-now', '1']],
    ...[
      ...[
        'status | tail -1',
        'status > file',
        'add "$HOME"',
        'add *',
        'add a"b"',
        'add \\x',
        'status; ls',
        'status\nls',
      ],
      ...[
        'stop',
        'start --free-ports',
        'run --once',
        'drain',
        'backup x',
        'restore x',
        'temporal',
        'worker',
        'serve',
      ],
    ].map((rest): [string, undefined] => [`./tinyscheduler ${rest}`, undefined]),
    ['cat file', undefined],
  ])('%j: %j', (command, args) => {
    expect(plainCall(command)).toEqual(args);
  });
});
