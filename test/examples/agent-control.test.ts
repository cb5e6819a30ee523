import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAgents } from '../../config/agent-control.ts';
import { ROOT, readDocument } from '../support/documents.ts';

const FOLDER = 'examples/agent-control';
let stateDir: string;
beforeAll(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'examples-'));
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const files = [
  ...readdirSync(join(ROOT, FOLDER))
    .filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json'))
    .map((name) => `${FOLDER}/${name}`),
  'examples/starter/agent-control.json',
];

test.each(files)('%s is taken without a word', async (file) => {
  const agentControlFile = join(ROOT, file);
  const registry = await loadAgents(
    {
      agentControlFile,
      agentLimits: {},
      basePath: '/srv',
      recipesDir: '/srv/recipes',
      starter: false,
      stateDir,
    },
    { keep: false },
  );
  expect(registry).toMatchObject({ mode: 'queue', warnings: [] });
  expect(registry.agents.length).toBeGreaterThan(2);
  expect(registry.agents.every(({ queue, limit }) => queue !== undefined && limit > 0)).toBe(true);
});

test('the README of the folder tells of each file', () => {
  const { text } = readDocument(`${FOLDER}/README.md`);
  const told = [...text.matchAll(/\]\(([\w-]+\.json)\)/g)].map(([, name]) => `${FOLDER}/${name}`);
  expect(told.sort()).toEqual(files.filter((file) => file.startsWith(FOLDER)).sort());
});
