import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { visible } from '../../../client/cli/show/cells.ts';
import { descriptionsIn } from '../../../client/schedules/file/description-file.ts';
import { readSchedules } from '../../../client/schedules/file/read-file.ts';
import { block, quoted, scalar } from '../../../client/schedules/file/scalar.ts';
import { type Exported, schedulesText } from '../../../client/schedules/file/write-file.ts';
import { definitions, NOW_MS } from '../../support/any-definition.ts';
import { HOSTILE } from '../../support/hostile-texts.ts';
import { surroundings } from '../../support/surroundings.ts';

const around = surroundings({ nowMs: NOW_MS, loopIntervalMs: 1_000 });
const FOLDER = '/nowhere';

const NIGHTLY: Exported = {
  definition: {
    name: 'nightly',
    timing: { kind: 'cron', cron: '0 3 * * *' },
    timeZone: 'Europe/Berlin',
    work: {
      ...{ kind: 'task', title: 'Log: {{date}}', description: 'Look at\n\n  the log.\n', queue: 'dev' },
      tags: ['night', '1'],
    },
    ...{ priority: 10, overlap: 'buffer', catchUpMs: 600_000, jitterMs: 0, maxPerJob: 1, remaining: 3 },
  },
  state: 'paused',
  pause: { atMs: 0, by: 'ada@host', note: 'too loud: wait' },
  skips: [Date.parse('2026-12-01T02:00:00Z')],
};
const CLEAN: Exported = {
  definition: {
    name: 'clean',
    timing: { kind: 'every', everyMs: 900_000 },
    timeZone: 'UTC',
    work: { kind: 'command', command: 'cleanup.sh', args: ['-v', 'true', ''], description: 'Old ones' },
    ...{ priority: 7, overlap: 'skip', catchUpMs: 3_600_000, jitterMs: 0 },
  },
  state: 'active',
  skips: [],
};

test('a file has everything of a schedule but what is as usual, in the order of the names', () => {
  expect(
    schedulesText([NIGHTLY, CLEAN]),
  ).toBe(`# Schedules of TinyScheduler, as \`schedule export\` wrote them.
# \`schedule apply -f FILE\` makes them be as they are here.

schedules:
  - name: clean
    every: 15m
    timezone: UTC
    description: "Old ones"
    command: cleanup.sh
    args:
      - "-v"
      - "true"
      - ""
    priority: 7
  - name: nightly
    cron: "0 3 * * *"
    timezone: Europe/Berlin
    catchup: 10m
    title: "Log: {{date}}"
    description: |
      Look at

        the log.
    queue: dev
    tags:
      - night
      - "1"
    priority: high
    max_per_job: 1
    overlap: buffer
    remaining: 3
    enabled: false
    pause_note: "too loud: wait"
    # Left out by a person: 2026-12-01T02:00:00.000Z
`);
});

test('none is a file, too', async () => {
  expect(await readSchedules(schedulesText([]), around, descriptionsIn(FOLDER))).toEqual({
    wanted: [],
    problems: [],
    warnings: [],
  });
});

test('what is written is read as the same, and written the same again', async () => {
  const exported = fc.array(fc.tuple(definitions, fc.boolean()), { maxLength: 5 }).map((all) =>
    all.map(([definition, isPaused], at) => ({
      definition: { ...definition, name: `${definition.name}${at}` },
      state: 'active' as const,
      ...(isPaused && { pause: { atMs: 0, note: 'a "note": #1' } }),
      skips: [],
    })),
  );
  await fc.assert(
    fc.asyncProperty(exported, async (schedules: Exported[]) => {
      const text = schedulesText(schedules);
      const { wanted, problems } = await readSchedules(text, around, descriptionsIn(FOLDER));
      expect(problems).toEqual([]);
      const again = wanted.map(({ definition, paused, pauseNote }) => ({
        definition,
        state: 'active' as const,
        ...(paused && { pause: { atMs: 0, ...(pauseNote !== undefined && { note: pauseNote }) } }),
        skips: [],
      }));
      expect(again).toEqual(expect.arrayContaining(schedules));
      expect(schedulesText(again)).toBe(text);
    }),
    { numRuns: 200 },
  );
});

const any = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc.string({
    unit: fc.constantFrom('a', '\n', ' ', '\t', '#', ':', '-', '"', '\\', '\u0301', '🪿', '\u202e'),
  }),
  fc.constantFrom(
    'true',
    'no',
    '~',
    'null',
    '1e3',
    '0x1f',
    '15m',
    '.inf',
    '2026-12-24',
    '12:30',
    '<<',
    '*a',
    '&a',
    '=',
    '1_000',
  ),
);

test('a text is read as itself, by readers that guess too, and a terminal obeys none of it', () => {
  fc.assert(
    fc.property(any, (text) => {
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(`a: ${scalar(text)}`, { version })).toEqual({ a: text });
        expect(parse(`a: ${quoted(text)}`, { version })).toEqual({ a: text });
        const lines = block(text);
        if (lines !== undefined)
          expect(
            parse(
              `a: ${lines
                .map((line) => (line === '' ? '' : `  ${line}`))
                .join('\n')
                .trim()}\n`,
              { version },
            ),
          ).toEqual({ a: text });
      }
      expect(visible(scalar(text))).toBe(scalar(text));
      for (const line of block(text) ?? []) expect(visible(line)).toBe(line);
    }),
    { numRuns: 2_000 },
  );
  for (const text of Object.values(HOSTILE)) {
    expect(visible(scalar(text))).toBe(scalar(text));
    expect(parse(`a: ${scalar(text)}`)).toEqual({ a: text });
  }
});
