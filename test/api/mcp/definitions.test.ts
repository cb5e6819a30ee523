import { expect, test } from 'vitest';
import { toolsFor } from '../../../api/mcp/server.ts';
import { TOOLS } from '../../../api/mcp/tools/all.ts';

const ALL = toolsFor({ scope: 'operate' });
const NAMES = [
  ...['add_task', 'list_tasks', 'get_status', 'get_task', 'remove_task'],
  ...['daemon_status', 'start_daemon', 'stop_daemon', 'restart_daemon', 'explain', 'control'],
].map((name) => `scheduler_${name}`);
const READING = ['list_tasks', 'get_status', 'get_task', 'daemon_status', 'explain'].map(
  (name) => `scheduler_${name}`,
);

test('all definitions together take fewer than 3,000 tokens', () => {
  // JSON has about 4 characters a token. At 3, which is the worst that was seen, it still fits.
  expect(JSON.stringify({ tools: ALL }).length / 3).toBeLessThan(3_000);
});

test('they have the names that there are elsewhere, and each says what it is for', () => {
  expect(ALL.map(({ name }) => name)).toEqual(NAMES);
  for (const { description = '' } of ALL) expect(description.length).toBeGreaterThan(20);
});

test('whoever may only read is told of what changes nothing, and of nothing else', () => {
  expect(toolsFor({ scope: 'read' }).map(({ name }) => name)).toEqual(READING);
});

test.each(ALL)('$name says truly whether it changes and ends something', ({ name, annotations }) => {
  expect(annotations).toEqual({
    readOnlyHint: READING.includes(name),
    destructiveHint: /remove|stop|control/.test(name),
    idempotentHint: !name.endsWith('control'),
    openWorldHint: false,
  });
});

test.each(ALL)(
  'the arguments of $name are flat, but for config, and nothing else is taken',
  ({ inputSchema }) => {
    expect(inputSchema.additionalProperties).toBe(false);
    const properties = Object.entries((inputSchema.properties ?? {}) as Record<string, { type?: string }>);
    for (const [key, { type }] of properties)
      expect([key, type]).toEqual([
        key,
        key === 'config' ? 'object' : expect.toBeOneOf(['string', 'integer']),
      ]);
  },
);

test('adding takes the arguments that the Python version took', () => {
  const add = ALL.find(({ name }) => name === 'scheduler_add_task')?.inputSchema;
  expect(Object.keys(add?.properties ?? {})).toEqual(
    expect.arrayContaining([
      ...['task_id', 'task_type', 'priority', 'cron_expression', 'config', 'max_retries', 'description'],
    ]),
  );
  expect(add?.required).toEqual(['task_id']);
});

test('no tool sets a limit or a budget, or asks for a path', () => {
  const words = TOOLS.flatMap(({ shape }) => Object.keys(shape.shape));
  expect(words.filter((word) => /limit|budget|slots|path|file|dir/.test(word))).toEqual(['limit']);
  // Rows of a list.
  expect(TOOLS.filter(({ shape }) => 'limit' in shape.shape).map(({ name }) => name)).toEqual([
    'scheduler_list_tasks',
  ]);
});
