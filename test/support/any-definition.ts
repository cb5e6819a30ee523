import fc from 'fast-check';
import { BOUNDS, type Definition, type Timing, type Work } from '../../domain/schedule/definition.ts';

/** What is due in them is due later. */
export const NOW_MS = Date.parse('2026-11-26T12:00:00Z');

const seconds = ({ min, max }: { min: number; max: number }) =>
  fc.integer({ min: Math.ceil(min / 1_000), max: max / 1_000 }).map((count) => count * 1_000);
const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/).filter((text) => !(text in {}));
const line = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => text === text.trim() && text !== '' && !/\p{Cc}/u.test(text));
const lines = fc
  .array(line, { minLength: 1, maxLength: 5 })
  .map((all) => all.join('\n'))
  .filter((text) => text.trim() !== '');
const optional = <T extends object>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(fields, { requiredKeys: [] });
const tag = line.filter((text) => !/^(?:recipe|schedule|occurrence):/i.test(text));

const every = seconds(BOUNDS.everyMs).chain((everyMs) =>
  seconds({ min: 0, max: everyMs - 1_000 }).map((offsetMs) => ({
    ...{ kind: 'every' as const, everyMs },
    ...(offsetMs > 0 && { offsetMs }),
  })),
);
const timing: fc.Arbitrary<Timing> = fc.oneof(
  every,
  fc.constantFrom('0 3 * * *', '*/5 * * * mon-fri', '@daily', '15 4 L * *').map((cron) => ({
    ...{ kind: 'cron' as const, cron },
  })),
  fc.constant({ kind: 'at' as const, at: '2027-12-24 18:00' }),
  fc.constantFrom('last weekday of the month 09:00', 'every day 03:00').map((calendar) => ({
    ...{ kind: 'calendar' as const, calendar },
  })),
);
const work: fc.Arbitrary<Work> = fc.oneof(
  fc
    .tuple(
      line,
      optional({
        ...{ description: lines, queue: name, agent: name, recipe: name },
        tags: fc.array(tag, { minLength: 1, maxLength: 5 }),
      }),
    )
    .map(([title, others]) => ({ kind: 'task' as const, title, ...others })),
  fc
    .tuple(name, fc.array(fc.oneof(line, fc.constant('')), { maxLength: 4 }), optional({ title: line }))
    .map(([command, args, others]) => ({ kind: 'command' as const, command, args, ...others })),
);
/** In minutes around both changes of the clocks, so that times that are there twice are among them. */
const startMs = fc.oneof(
  fc.integer({ min: 0, max: 500_000 }).map((minutes) => NOW_MS + minutes * 60_000),
  fc.integer({ min: 0, max: 600 }).map((minutes) => Date.parse('2027-10-30T20:00:00Z') + minutes * 60_000),
);
/** Definitions that definitionOf may give. */
export const definitions: fc.Arbitrary<Definition> = fc
  .tuple(
    fc.record({
      ...{ name, timing, work, priority: fc.integer({ min: -1_000_000, max: 1_000_000 }) },
      timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
      overlap: fc.constantFrom('skip' as const, 'buffer' as const, 'cancel' as const, 'allow' as const),
      ...{ catchUpMs: seconds(BOUNDS.catchUpMs), jitterMs: seconds(BOUNDS.jitterMs) },
    }),
    optional({
      ...{
        jobKey: name,
        maxPerJob: fc.integer({ min: 1, max: 9 }),
        maxGlobal: fc.integer({ min: 1, max: 9 }),
      },
      ...{ remaining: fc.integer({ min: 0, max: 9 }), pauseOnFailure: fc.integer({ min: 1, max: 9 }) },
      ...{ startMs, endMs: startMs.map((ms) => ms + 86_400_000_000) },
    }),
  )
  .map(([always, sometimes]) => ({ ...always, ...sometimes }));
