import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { descriptionsIn } from '../../../client/schedules/file/description-file.ts';
import { readSchedules } from '../../../client/schedules/file/read-file.ts';
import { sayFileProblem, sayFileWarning } from '../../../words/schedule-file.ts';
import { surroundings } from '../../support/surroundings.ts';

const top = mkdtempSync(join(tmpdir(), 'schedules-file-'));
const folder = join(top, 'inside');
mkdirSync(join(folder, 'texts'), { recursive: true });
writeFileSync(join(folder, 'texts', 'night.md'), 'Look at\n\n  the log.\n');
writeFileSync(join(folder, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
writeFileSync(join(folder, 'long'), 'x'.repeat(60_001));
writeFileSync(join(top, 'secret'), 'secret');
symlinkSync(join(top, 'secret'), join(folder, 'link'));
afterAll(() => rmSync(top, { recursive: true }));

const read = (text: string) => readSchedules(text, surroundings(), descriptionsIn(folder));
const problemsOf = async (text: string) => (await read(text)).problems.map(sayFileProblem);

const GOOD = `# Nights
defaults:
  timezone: America/New_York
  queue: dev
  priority: high
  tags: &usual [a, "1"]
schedules:
  - name: nightly
    cron: 0 3 * * *
    title: 'Look: {{date}}'
    description_file: texts/night.md
  - name: clean
    every: 15m
    command: cleanup.sh
    priority: ~
    args: *usual
---
schedules:
  - {name: once, at: 2027-12-24 18:00, timezone: UTC, title: "true", queue: dev, enabled: no}
`;

test('what schedules have in common is said once, and each may differ', async () => {
  const { wanted, problems, warnings } = await read(GOOD);
  expect([...problems, ...warnings]).toEqual([]);
  expect(wanted).toMatchObject([
    {
      line: 8,
      definition: {
        timeZone: 'America/New_York',
        priority: 10,
        work: {
          ...{ kind: 'task', queue: 'dev', title: 'Look: {{date}}', tags: ['a', '1'] },
          description: 'Look at\n\n  the log.\n',
        },
      },
    },
    { line: 12, definition: { priority: 0, work: { command: 'cleanup.sh', args: ['a', '1'] } } },
    { line: 19, definition: { timeZone: 'UTC', priority: 0, work: { title: 'true' } }, paused: true },
  ]);
});

const one = (lines: string) =>
  `schedules:\n  - name: a\n    every: 15m\n    title: t\n    queue: dev\n${lines}`;

describe('what is wrong is told with its line', () => {
  test.each<[string, string, (string | RegExp)[]]>([
    [
      'an unknown key',
      one('    prioritty: high\n'),
      ['line 6: a: "prioritty" is no field of a schedule; perhaps "priority" is meant'],
    ],
    ['a bad value', one('    overlap: never\n'), [/^line 6: a: overlap is "never": it is one of skip/]],
    [
      'several',
      one('    jitter: 5\n    catchup: 1\n'),
      [/^line 6: a: jitter is "5"/, /^line 7: a: catchup is "1"/],
    ],
    [
      'a name with a slash',
      one('').replace('name: a', 'name: a/b'),
      [/^line 2: a\/b: name: "a\/b" is not a name|^line 2: "a\/b": name: "a\/b" is not a name/],
    ],
    ['no name', 'schedules:\n  - every: 15m\n    title: t\n', ['line 2: it has no name: give it one (name)']],
    [
      'a name twice',
      `${one('')}  - name: a\n    every: 20m\n    title: t\n    queue: dev\n`,
      ['line 6: a: there is a schedule "a" on line 2 already: choose another name'],
    ],
    ['a key twice', one('    every: 20m\n'), ['line 6: "every" is on line 3 already: keep one of them']],
    [
      'two timings',
      one('    cron: 0 3 * * *\n'),
      ['line 6: a: cron and every both say when it is due: keep one of them'],
    ],
    [
      'another key of the document',
      `schedulse: []\n${one('')}`,
      ['line 1: "schedulse" is no key here; perhaps "schedules" is meant'],
    ],
    [
      'no list',
      'schedules:\n  nightly:\n    every: 15m\n',
      ['line 1: "schedules" is no list: begin each schedule with "- name: …"'],
    ],
    ['no schedule', 'schedules:\n  - nightly\n', [/^line 2: this is no schedule/]],
    ['no mapping', '- name: a\n', [/^line 1: a file of schedules begins with "schedules:"/]],
    ['an empty file', '# nothing\n', [/^it has no list of schedules/]],
    ['defaults only', 'defaults:\n  queue: dev\n', [/^it has no list of schedules/]],
    [
      'a bad default once',
      'defaults:\n  priority: hihg\nschedules:\n  - {name: a, every: 15m, title: t}\n  - {name: b, every: 15m, title: t}\n',
      [/^line 2: priority is "hihg"/],
    ],
    [
      'an unknown default once',
      'defaults:\n  zone: UTC\nschedules:\n  - {name: a, every: 15m, title: t}\n  - {name: b, every: 15m, title: t}\n',
      [/^line 2: "zone" is no field/],
    ],
    [
      'a name as a default',
      'defaults:\n  name: x\nschedules: []\n',
      [/^line 2: each schedule has a name of its own/],
    ],
    ['defaults that are none', 'defaults: x\nschedules: []\n', [/^line 1: "defaults" has no keys/]],
    [
      'a merge key',
      'x-all: &all {queue: dev}\nschedules:\n  - <<: *all\n    name: a\n    every: 15m\n    title: t\n',
      [/^line 3: "<<" is no key/],
    ],
    [
      'an anchor that is not there',
      one('    tags: *nowhere\n'),
      ['line 6: it is not YAML: there is no &nowhere before this *nowhere'],
    ],
    ['an anchor within itself', one('    tags: &me [*me]\n'), ['line 6: a: tags is no list of texts']],
    ['no YAML', one('    tags: [a\n  b: {\n'), [/^line 7: it is not YAML: /]],
    ['an object where a text belongs', one('    recipe: {a: b}\n'), ['line 6: a: recipe is no text']],
    [
      'two descriptions',
      one('    description: d\n    description_file: texts/night.md\n'),
      [/^line 7: there are description and description_file/],
    ],
    [
      'a description outside',
      one('    description_file: ../secret\n'),
      [/^line 6: description_file is "..\/secret": it lies outside/],
    ],
    ['a link out', one('    description_file: link\n'), [/lies outside/]],
    ['a description that is not there', one('    description_file: nowhere\n'), [/there is no such file/]],
    ['a directory', one('    description_file: texts\n'), [/it is not a file/]],
    ['a binary', one('    description_file: binary\n'), [/no text in UTF-8/]],
    ['a long one', one('    description_file: long\n'), [/more than 20000 characters/]],
  ])('%s', async (_, text, expected) => {
    expect(await problemsOf(text)).toEqual(
      expected.map((each) => (typeof each === 'string' ? each : expect.stringMatching(each))),
    );
  });
});

test('a time that is over is no problem of a file, and told', async () => {
  const { wanted, problems } = await read(
    'schedules:\n  - {name: a, at: 2026-01-01 10:00, title: t, queue: dev, remaining: 0}\n',
  );
  expect(problems).toEqual([]);
  expect(wanted).toMatchObject([
    { over: { timing: { code: 'at-past' } }, definition: { timing: { kind: 'at' } } },
  ]);
});

test('that it is finished is said in the file, where it is', async () => {
  const once = (more: string) => `schedules:\n  - {name: a, title: t, queue: dev, ${more}}\n`;
  const { wanted, problems } = await read(once('at: 2026-01-01 10:00, finished: true'));
  expect(problems).toEqual([]);
  expect(wanted[0]).not.toHaveProperty('over');
  expect((await read(once('every: 1h, remaining: 0, finished: yes'))).problems).toEqual([]);
  for (const more of ['at: 2027-01-01 10:00, finished: true', 'at: 2026-01-01 10:00, finished: perhaps'])
    expect(await problemsOf(once(more))).toEqual([expect.stringMatching(/^line 2: a: finished: only of/)]);
});

test('an unknown queue is a warning with its line', async () => {
  const { warnings } = await read(one('').replace('queue: dev', 'queue: dve'));
  expect(warnings.map(sayFileWarning)).toEqual([
    expect.stringMatching(/^line 2: a: nobody takes its tasks now: .*"dev"/),
  ]);
});

describe('a file that is made to harm is given up soon', () => {
  const manyAnchors = Array.from(
    { length: 12 },
    (_, at) => `x-${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`,
  );
  test.each<[string, string, RegExp]>([
    ['a million commas', `schedules: [${','.repeat(3_000_000)}`, /more keys, values and signs/],
    ['many documents', '---\n{}\n'.repeat(5_000), /more keys, values and signs/],
    ['deep nesting', `schedules: ${'['.repeat(100_000)}`, /not YAML/],
    [
      'a bomb of aliases',
      `x-0: &a0 [x]\n${manyAnchors.join('\n')}\nschedules: *a12\n`,
      /this is no schedule/,
    ],
    ['too many schedules', `schedules:\n${'  - {}\n'.repeat(10_001)}`, /more than 10000 schedules/],
    ['a prototype', 'schedules:\n  - {name: __proto__, every: 15m, title: t, queue: dev}\n', /not a name/],
    [
      'a prototype as a key',
      'schedules:\n  - {name: a, every: 15m, title: t, queue: dev, __proto__: {a: b}}\n',
      /"__proto__" is no field/,
    ],
  ])('%s', async (_, text, expected) => {
    const began = process.cpuUsage();
    const said = (await problemsOf(text)).join('\n');
    expect(said).toMatch(expected);
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(10_000);
  });
});

test('10,000 schedules are read within seconds', async () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'UTC'];
  const schedules = Array.from({ length: 10_000 }, (_, at) =>
    [
      ...[`  - name: s${at}`, `    cron: "${at % 60} 3 29 2 *"`, `    timezone: ${zones[at % 3]}`],
      ...[`    title: Look at the log ${at}`, '    queue: dev', '    priority: high', '    tags: [a, b]'],
      ...['    overlap: buffer', '    jitter: 1m'],
    ].join('\n'),
  );
  const began = process.cpuUsage();
  const { wanted, problems } = await read(`schedules:\n${schedules.join('\n')}\n`);
  const { user, system } = process.cpuUsage(began);
  expect([wanted.length, problems]).toEqual([10_000, []]);
  // Of the processor, since others may have it meanwhile: 3 s as a rule.
  expect((user + system) / 1_000).toBeLessThan(15_000);
});
