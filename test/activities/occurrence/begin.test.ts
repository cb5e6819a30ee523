import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { begin } from '../../../activities/occurrence/begin.ts';
import { loadConfig } from '../../../config/load.ts';
import type { BeginInput } from '../../../contract/activities.ts';
import { occurrenceId } from '../../../contract/ids.ts';
import type { BeginAsked, Begun, NotBegun } from '../../../contract/occurrence.ts';
import type { Definition, Work } from '../../../domain/schedule/definition.ts';
import { begunOf, definitionOf, PLANNED_MS } from '../../support/played-occurrences.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const INPUT: BeginInput = {
  ...{ workflowId: occurrenceId('nightly', PLANNED_MS), runId: 'r', schedule: 'nightly' },
  ...{ trigger: 'plan', plannedMs: PLANNED_MS },
};

/** A server whose schedule answers so. */
function serverOf(answer: () => { begun: Begun } | { not: NotBegun }, definition?: Definition) {
  const asked: [string, BeginAsked][] = [];
  const getHandle = (id: string) => ({
    describe: async () => {
      if (definition === undefined) throw new WorkflowNotFoundError('none', id, undefined);
      return { memo: { schedule: { definition } } };
    },
    executeUpdate: async (_: unknown, { args: [content] }: { args: [BeginAsked] }) => {
      asked.push([id, content]);
      return answer();
    },
  });
  const withDeadline = (_: number, work: () => Promise<unknown>) => work();
  return { asked, client: { workflow: { getHandle }, withDeadline } as unknown as Client };
}

const { config } = loadConfig({ env: {}, cwd: '/nowhere' });

test('an occurrence asks its schedule, with the time by the server’s clock', async () => {
  const server = serverOf(() => ({ not: { why: 'paused' } }));
  const deps = { client: server.client, config };
  expect(await begin(deps, INPUT, PLANNED_MS + 10)).toEqual({ not: { why: 'paused' } });
  const { schedule: _, ...asked } = INPUT;
  expect(server.asked).toEqual([['schedule-nightly', { ...asked, atMs: PLANNED_MS + 10 }]]);
});

const MINUTE_MS = 60_000;
const EACH_MINUTE = definitionOf('nightly', { timing: { kind: 'every', everyMs: MINUTE_MS } });

test.each<[string, Partial<BeginInput>, number, Definition | undefined, number | undefined]>([
  ['says so', {}, 5 * MINUTE_MS + 1, EACH_MINUTE, 5 * MINUTE_MS],
  ['has no newer one', {}, MINUTE_MS - 1, EACH_MINUTE, undefined],
  ['is late by less than counts', {}, 30_000, EACH_MINUTE, undefined],
  ['was wanted by a person', { trigger: 'backfill' }, 5 * MINUTE_MS, EACH_MINUTE, undefined],
  ['may be late by jitter', {}, 5 * MINUTE_MS, { ...EACH_MINUTE, jitterMs: 3 * MINUTE_MS }, 2 * MINUTE_MS],
  ['has no schedule any more', {}, 5 * MINUTE_MS, undefined, undefined],
  [
    'has one whose timing nobody can read',
    {},
    MINUTE_MS,
    { ...EACH_MINUTE, timing: { kind: 'cron', cron: 'x' } },
    undefined,
  ],
])('one that is late %s', async (_, change, lateMs, definition, newer) => {
  const server = serverOf(() => ({ not: { why: 'paused' } }), definition);
  await begin({ client: server.client, config }, { ...INPUT, ...change }, PLANNED_MS + lateMs);
  expect(server.asked[0]?.[1].newestDueMs).toBe(newer === undefined ? undefined : PLANNED_MS + newer);
});

test('a schedule that is gone is no failure, one that refuses is one for good, and all else is tried again', async () => {
  const fails = (error: Error) =>
    begin(
      {
        config,
        client: serverOf(() => {
          throw error;
        }).client,
      },
      INPUT,
      PLANNED_MS,
    );
  expect(await fails(new WorkflowNotFoundError('none', 'x', undefined))).toEqual({
    not: { why: 'no-such-schedule' },
  });
  const refused = new WorkflowUpdateFailedError('x', ApplicationFailure.nonRetryable('it must be a name'));
  await expect(fails(refused)).rejects.toMatchObject({
    ...{ nonRetryable: true, message: 'the schedule refused it: it must be a name' },
  });
  await expect(fails(new Error('down'))).rejects.toThrow('down');
});

test.each<[string, Work, string | null]>([
  ['the recipe that it names', { kind: 'task', title: 'a', queue: 'dev', recipe: 'report' }, 'report'],
  ['that of its agent', { kind: 'task', title: 'a', agent: 'ada' }, 'ada'],
  [
    'the one that it names before that of its agent',
    { kind: 'task', title: 'a', agent: 'ada', recipe: 'report' },
    'report',
  ],
  ['nothing, where any agent of a queue may have it', { kind: 'task', title: 'a', queue: 'dev' }, null],
  ['nothing, where the recipe is not there', { kind: 'task', title: 'a', recipe: 'none' }, null],
  ['nothing, where it leads out', { kind: 'task', title: 'a', recipe: '../ada' }, null],
  ['nothing, for a program', { kind: 'command', command: 'ada', args: [] }, null],
])('what is begun has the hash of %s', async (_, work, recipe) => {
  using folder = temporaryFolder();
  const recipesDir = join(folder.path, 'recipes');
  mkdirSync(recipesDir);
  for (const name of ['report', 'ada']) writeFileSync(join(recipesDir, `${name}.yaml`), `title: ${name}`);
  const begun = begunOf(definitionOf('nightly', { work }), { number: 3 });
  const { client } = serverOf(() => ({ begun }));
  const hash = recipe && createHash('sha256').update(`title: ${recipe}`).digest('hex');
  expect(await begin({ client, config: { ...config, recipesDir } }, INPUT, PLANNED_MS)).toEqual({
    begun: { ...begun, recipeHash: hash },
  });
});
