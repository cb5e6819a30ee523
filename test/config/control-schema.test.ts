import { join } from 'node:path';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { expect, test } from 'vitest';
import { checkEntries } from '../../config/control-file.ts';
import { controlFileSchema } from '../../config/control-schema.ts';
import { ROOT } from '../support/documents.ts';

const schema = controlFileSchema();
const validate = new AjvJsonSchemaValidator().getValidator(schema);
const properties = (schema.items as { properties: Record<string, { description?: string }> }).properties;

test('the published schema is the one of the reader; `npx vitest run test/config/control-schema.test.ts -u` writes it anew', async () => {
  const published = join(ROOT, 'examples/agent-control/agent-control.schema.json');
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(published);
});

const day = (tokensPerDay: unknown, timeZone: unknown = 'UTC') => ({ tokensPerDay, timeZone });
const BUDGETS = {
  good: [day(0), day(200_000, 'Europe/Berlin'), day(10 ** 12), { ...day(1), notes: 'why' }, undefined],
  bad: [
    ...[{}, null, 200_000, '200000', [], { tokensPerDay: 1 }, { timeZone: 'UTC' }],
    ...[day(-1), day(1.5), day('1'), day(null), day(10 ** 12 + 1)],
    ...[day(1, ''), day(1, '+01:00'), day(1, 1), day(1, null), day(1, 'Europe/../Berlin')],
  ],
};

/** For each key what is taken, and what is not: so a key that is added has to say both. */
const VALUES: Record<string, { good: unknown[]; bad: unknown[] }> = {
  agentName: {
    good: ['a', 'A.b-c_1', 'x'.repeat(64)],
    bad: ['', '-a', 'a..b', 'a b', 'x'.repeat(65), 1, null],
  },
  agentType: { good: ['dev'], bad: ['', 'a/b', ['dev'], undefined] },
  limit: { good: [0, 3, 1000, undefined], bad: [-1, 1001, 1.5, '3', null, true] },
  hostGroup: { good: ['ops', undefined], bad: ['', '../x', 7, null] },
  workingDir: {
    good: ['work', '/srv/a b', '../x', 'w/{agent}/{taskId}', '{taskId}..', '..{agent}/x', undefined],
    bad: ['', 'a\0b', 1, null, 'a{b', 'a}', '{task}', '{}', '/srv/{taskId}', '../{taskId}', 'a/../{agent}'],
  },
  worktree: {
    good: [
      { repository: 'repo' },
      { repository: '/srv/repo', base: 'origin/main', keep: 1, keepDays: 30 },
      undefined,
    ],
    bad: [
      'repo',
      {},
      { repository: '' },
      { repository: 'r', base: '-x' },
      { repository: 'r', base: 'a..b' },
      { repository: 'r', base: 'a b' },
      { repository: 'r', keep: 0 },
      { repository: 'r', keepDays: '1' },
      { repository: 'r', keepDay: 1 },
      null,
    ],
  },
  completion: { good: ['on-success', 'agent', undefined], bad: ['Agent', '', true, null] },
  verify: {
    good: [
      ['npm', 'test'],
      ['true', ''],
      { command: ['make'] },
      { command: ['make'], maxRuntimeSec: 5 },
      undefined,
    ],
    bad: [
      'npm test',
      [],
      ['a', 1],
      ['a\0'],
      ['a'.repeat(4097)],
      Array(101).fill('a'),
      {},
      { command: 'make' },
      { command: ['make'], maxRuntimeSec: 0 },
      { command: ['make'], seconds: 1 },
      null,
    ],
  },
  maxRuntimeSec: { good: [1, 0.5 + 1, 604_800, undefined], bad: [0, 604_801, '60', null, true, [60]] },
  stallSec: { good: [0, 900, 604_800, undefined], bad: [-1, 604_801, '0', null] },
  maxAttempts: { good: [1, 100, undefined], bad: [0, 101, 1.5, '3', null] },
  maxTokens: { good: [0, 1_000_000_000, undefined], bad: [-1, 1_000_000_001, 1.5, '5', null] },
  env: {
    good: [[], ['A', '_b1'], ['TINYSCHEDULER_ENABLED'], ['x'.repeat(128)], undefined],
    bad: [
      ...['A', { A: 'x' }, ['A=1'], ['1A'], [''], [1], ['x'.repeat(129)], Array(65).fill('A'), null],
      ...[['TEMPORAL_ADDRESS'], ['TINYSCHEDULER_API_KEY'], ['TINYSCHEDULER_SECRET_OF']],
    ],
  },
  launchPrefix: {
    good: [['nice'], ['nice', '-n', '10'], ['./wrap', ''], undefined],
    bad: ['nice', [], ['nice', 10], ['a\0b'], Array(65).fill('a'), {}, null],
  },
  budget: BUDGETS,
  poolBudget: BUDGETS,
};

test('the schema knows the keys of the table, and describes each', () => {
  expect(Object.keys(properties)).toEqual(Object.keys(VALUES));
  for (const [key, { description }] of Object.entries(properties))
    expect([key, description]).toEqual([key, expect.stringMatching(/\.$/)]);
});

const both = (entry: unknown) => {
  // As it is in a file: a key without a value is not there.
  const data = JSON.parse(JSON.stringify([entry])) as unknown;
  return { reader: checkEntries(data).state === 'good', schema: validate(data).valid };
};
const rows = Object.entries(VALUES).flatMap(([key, { good, bad }]) => [
  ...good.map((value) => [key, value, true] as const),
  ...bad.map((value) => [key, value, false] as const),
]);

test.each(rows)('%s %j: reader and schema say %s', (key, value, taken) => {
  expect(both({ agentName: 'a', agentType: 'dev', [key]: value })).toEqual({ reader: taken, schema: taken });
});

test('a time zone that there is not is told by the reader alone', () => {
  const entry = { agentName: 'a', agentType: 'dev', budget: day(1, 'Europe/Berlinn') };
  expect(both(entry)).toEqual({ reader: false, schema: true });
  expect(checkEntries([entry])).toEqual({
    state: 'broken',
    problems: [
      'entry 1 (a): budget.timeZone must be the name of a time zone such as Europe/Berlin or UTC, not "Europe/Berlinn"',
    ],
  });
});

test('a key of a budget that nobody knows is told with the one that was meant', () => {
  const entry = { agentName: 'a', agentType: 'dev', budget: { ...day(1), tokenPerDay: 2 } };
  expect(checkEntries([entry])).toMatchObject({
    state: 'good',
    warnings: [
      'entry 1 (a): budget: "tokenPerDay" is no key of a budget and has no effect; perhaps "tokensPerDay" is meant',
    ],
  });
  expect(checkEntries([{ ...entry, budget: { tokensPerDay: 1, timezone: 'UTC' } }])).toMatchObject({
    problems: ['entry 1 (a): budget.timeZone is missing; perhaps "timezone" is meant for it'],
  });
});

test('entries of one agentType have one poolBudget', () => {
  const entry = (agentName: string, poolBudget?: unknown, agentType = 'dev') => ({
    ...{ agentName, agentType },
    ...(poolBudget !== undefined && { poolBudget }),
  });
  const good = [entry('a', day(1)), entry('b'), entry('c', day(1)), entry('d', day(2), 'qa')];
  expect(checkEntries(good)).toMatchObject({ state: 'good' });
  expect(checkEntries([...good, entry('e', day(2))])).toEqual({
    state: 'broken',
    problems: [
      'the entries of a and e have different values of poolBudget for the agentType "dev": keep one',
    ],
  });
});

test.each([['text'], [1], [null], [[]]])('an entry that is %j is refused by both', (entry) => {
  expect(both(entry)).toEqual({ reader: false, schema: false });
});

test('a key that nobody knows is no error to either, and the reader says which was meant', () => {
  for (const key of Object.keys(VALUES)) {
    const misspelt = `${key}s`;
    const entry = { agentName: 'a', agentType: 'dev', [misspelt]: 1 };
    expect(both(entry)).toEqual({ reader: true, schema: true });
    expect(checkEntries([entry])).toMatchObject({
      warnings: [expect.stringContaining(`perhaps "${key}" is meant`)],
    });
  }
});
