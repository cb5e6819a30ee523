import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashRecipe } from '../../../activities/occurrence/recipe-hash.ts';
import { loadConfig } from '../../../config/load.ts';
import type { Work } from '../../../domain/schedule/definition.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const { config } = loadConfig({ env: {}, cwd: '/nowhere' });

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
  const hash = recipe && createHash('sha256').update(`title: ${recipe}`).digest('hex');
  expect(await hashRecipe({ ...config, recipesDir }, work)).toBe(hash);
});
