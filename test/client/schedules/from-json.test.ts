import { describe, expect, test } from 'vitest';
import { placeOf, schedulesFromJson } from '../../../client/schedules/file/from-json.ts';
import { exportedJson } from '../../../client/schedules/file/write-file.ts';
import { HOSTILE } from '../../support/hostile-texts.ts';
import { surroundings } from '../../support/surroundings.ts';

const around = surroundings({ nowMs: Date.now() });
const ONE = { name: 'a', every: '1h', title: 'T', timezone: 'UTC', queue: 'dev' };
const read = (schedules: unknown[], defaults?: unknown) => schedulesFromJson({ schedules, defaults }, around);

describe('a text is read as itself, whatever it would be in YAML', () => {
  const texts = [
    ...['true', 'null', '~', '007', '1e3', '2026-11-26', '- a', '*a', '&a', '!!x', '# a', 'a: b', '%a', '<<'],
    ...['---', '...', '"', "'", '\\', '{', '}', '[', ']', ',', '{"a": 1}', 'a\u2028b', 'a\u0085b', '\ufeffa'],
    ...['a\ufeffb', '\u{1f600}', 'ä', ' a', 'a ', '$x', '{{date}}'],
  ];
  test.each(texts.map((text) => [JSON.stringify(text), text]))('%s', async (_, text) => {
    const { wanted, problems } = await read([{ ...ONE, description: text, tags: [`x${text}`] }]);
    const isLine = !/\p{Cc}/u.test(text);
    if (!isLine) return expect(problems).toMatchObject([{ code: 'definition' }, { code: 'definition' }]);
    expect([problems, wanted[0]?.definition.work]).toMatchObject([
      [],
      { description: text, tags: [`x${text}`] },
    ]);
    return undefined;
  });
});

test('what is hostile harms only itself', async () => {
  for (const text of Object.values(HOSTILE)) {
    const { wanted, problems } = await read([ONE, { ...ONE, name: 'b', title: text }]);
    expect(wanted.length + problems.length).toBeGreaterThan(0);
    for (const { line } of problems) expect(placeOf(line)).toBe('schedules.1');
  }
});

test.each([
  [[1], 'schedules.0', 'not-a-mapping'],
  [[ONE, null], 'schedules.1', 'not-a-mapping'],
  [[ONE, [ONE]], 'schedules.1', 'not-a-mapping'],
  [[{ ...ONE, '<<': ONE }], 'schedules.0', 'merge-key'],
  [
    [JSON.parse('{"__proto__": {"name": "x"}, "name": "a", "every": "1h", "title": "T"}')],
    'schedules.0',
    'definition',
  ],
  [[{ ...ONE, title: { a: 1 } }], 'schedules.0', 'definition'],
  [[{ ...ONE, tags: [['x']] }], 'schedules.0', 'definition'],
  [[ONE, ONE], 'schedules.1', 'name-twice'],
  [[{ ...ONE, description_file: '/etc/passwd' }], 'schedules.0', 'description-file'],
  [[{ ...ONE, finished: true }], 'schedules.0', 'not-finished'],
])('%j: at %s, %s', async (schedules, place, code) => {
  const { problems } = await read(schedules);
  expect(problems.map((problem) => [placeOf(problem.line), problem.code])).toContainEqual([place, code]);
});

test('what all have, and where that is wrong', async () => {
  const { name, every, ...defaults } = ONE;
  const { wanted, problems } = await read([{ name, every }], { ...defaults, nmae: 'x' });
  expect([wanted[0]?.definition.work, problems.map(({ line, code }) => [placeOf(line), code])]).toMatchObject(
    [{ title: 'T', queue: 'dev' }, [['defaults', 'definition']]],
  );
  expect(exportedJson({ definition: wanted[0]?.definition as never, state: 'active', skips: [] })).toEqual(
    ONE,
  );
});
