import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validateConfig } from '../../../client/validate/validate.ts';
import { isOfTheSystem } from '../../../config/directories.ts';
import { loadConfig } from '../../../config/load.ts';
import { updateEmbeddedState } from '../../../embedded/presence/state-file.ts';
import { preflight } from '../../../goose/preflight.ts';
import { identify } from '../../../os/process-identity.mjs';
import { gooseBin } from '../../support/goose-bin.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'validate-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

async function validate(variables: Record<string, string> = {}, fix = false) {
  const env = {
    PATH: join(base, 'bin'),
    XDG_CACHE_HOME: join(base, 'cache'),
    TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:9',
    ...variables,
  };
  const { problems, fixed } = await validateConfig(loadConfig({ env, cwd: base }), { fix });
  const of = (level: string) => problems.filter((one) => one.level === level).map(({ text }) => text);
  return { errors: of('error'), warnings: of('warning'), ok: of('ok'), fixed };
}

/** The real goose, with a provider and a home of its own. */
function goose(): Record<string, string> {
  return { TINYSCHEDULER_GOOSE_BIN: gooseBin(), HOME: join(base, 'home'), GOOSE_PROVIDER: 'openai' };
}

function write(name: string, content: unknown): string {
  const path = join(base, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const agents = (...names: string[]) => names.map((agentName) => ({ agentName, agentType: 'dev', limit: 2 }));
const FILE = { TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json' };
const TOP = 'title: t\ndescription: d\n';

test('an empty directory: what is missing is said, and nothing is created', async () => {
  const { errors, warnings, fixed } = await validate();
  expect(errors).toEqual([
    ...['State directory', 'Running directory', 'Log directory', 'Recipes directory'].map((what) =>
      expect.stringMatching(new RegExp(`^${what} ".*" does not exist; --fix creates it\\.$`)),
    ),
    expect.stringMatching(/^There are no agents, so nothing can run\. LEGACY MODE/),
    expect.stringMatching(/^There is no goose on PATH/),
  ]);
  expect(warnings).toEqual([
    expect.stringMatching(/^Agent control file ".*" does not exist: legacy mode/),
    expect.stringMatching(
      /^TinyTask at http:\/\/127\.0\.0\.1:9 does not answer \(.*\); start it, or correct/,
    ),
  ]);
  expect(fixed).toEqual([]);
});

test('--fix creates directories and the default control file, and a second --fix nothing', async () => {
  const { errors, warnings, fixed } = await validate(goose(), true);
  expect(errors).toEqual([]);
  expect(fixed).toHaveLength(5);
  expect(fixed.at(-1)).toMatch(/with dispatcher and architect$/);
  expect(JSON.parse(readFileSync(join(base, 'docs/technical/agent-control.json'), 'utf8'))).toEqual([
    { agentName: 'dispatcher', agentType: 'orchestrator' },
    { agentName: 'architect', agentType: 'architect' },
  ]);
  expect(warnings).toContain('"dispatcher" has no limit, so it has 1 slot.');
  expect((await validate(goose(), true)).fixed).toEqual([]);
});

test('--fix never overwrites a broken control file', async () => {
  const file = join(base, 'agents.json');
  writeFileSync(file, '[');
  const { errors } = await validate({ TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json' }, true);
  expect(readFileSync(file, 'utf8')).toBe('[');
  expect(errors[0]).toMatch(/^Agent control file ".*agents\.json": it is not JSON/);
});

test('agents: recipes, links out of the recipes directory, limits of nobody, limit 0', async () => {
  write('agents.json', [...agents('a', 'b'), { agentName: 'c', agentType: 'dev', limit: 0 }]);
  write('recipes/a.yaml', `${TOP}prompt: p\n`);
  symlinkSync(write('outside.yaml', TOP), join(base, 'recipes/b.yaml'));
  const { errors, warnings, ok } = await validate(
    { ...goose(), ...FILE, TINYSCHEDULER_AGENT_LIMITS: 'a:1,z:1' },
    true,
  );
  expect(errors).toEqual([
    expect.stringMatching(/^Recipe of "b": the recipe .*b\.yaml links to .*outside\.yaml, outside/),
  ]);
  expect(ok).toContainEqual(expect.stringMatching(/^Recipe of "a", ".*a\.yaml", can be run: goose has/));
  expect(ok).toContainEqual(expect.stringMatching(/^goose is ".*" \(named, version \d+\.\d+\.\d+\)\.$/));
  expect(ok).toContain('goose has a model provider.');
  expect(warnings.slice(0, 4)).toEqual([
    '"c" has the limit 0 and runs nothing.',
    expect.stringMatching(/c\.yaml" is missing: only tasks with a `recipe:<name>` tag can run on "c"/),
    expect.stringMatching(/^"z" has a limit and is not in the agent control file/),
    expect.stringMatching(/z\.yaml" is missing/),
  ]);
});

test('what it says of a recipe is what a run says, in the same words', async () => {
  write('agents.json', agents('a', 'b', 'c'));
  write('recipes/a.yaml', `${TOP}prompt: "{{ task_id }}"\n`);
  write('recipes/b.json', '{"title": "t", "description": "d", "prompt": "p"}');
  write('recipes/b.yml', `${TOP}prompt: p\n`);
  write('recipes/c.yaml', `${TOP}instructions: i\n`);
  const { errors, warnings, ok } = await validate({ ...goose(), ...FILE }, true);
  const { config, environment } = loadConfig({ env: { ...goose(), PATH: '' }, cwd: base });
  const reasons = await Promise.all(
    ['a', 'c'].map(async (agent) => {
      const { basePath, recipesDir, workingDir, logDir, runningDir } = config;
      const result = await preflight({
        ...{ basePath, recipesDir, workingDir, logDir, runningDir, agent },
        ...{ tags: [], queue: 'dev', env: environment, gooseBin: gooseBin() },
      });
      return result.ok ? '' : `Recipe of "${agent}": ${result.verdict.reason}.`;
    }),
  );
  expect(errors).toEqual(reasons);
  expect(reasons[0]).toContain('task_id; declare');
  expect(ok).toContainEqual(expect.stringMatching(/^Recipe of "b", ".*b\.json", can be run/));
  expect(warnings[0]).toMatch(/^Recipe of "b": ".*b\.yml" does not count, since ".*b\.json" does\.$/);
});

test('without goose recipes are looked at all the same, and it is said who did', async () => {
  write('agents.json', agents('a', 'b', 'c'));
  write('recipes/a.yaml', `${TOP}prompt: p\n`);
  write('recipes/b.yaml', TOP);
  write('recipes/c.yaml', '{% include "head.txt" %}\nprompt: p\n');
  const { errors, warnings, ok } = await validate(FILE, true);
  expect(errors).toEqual([
    expect.stringMatching(/^Recipe of "b": .*b\.yaml cannot be run: it has no prompt/),
    expect.stringMatching(/^There is no goose on PATH/),
  ]);
  expect(ok).toContainEqual(
    expect.stringMatching(/^Recipe of "a".* looks well, and goose has not checked it: there is no goose\.$/),
  );
  expect(warnings[0]).toMatch(
    /^Recipe of "c".* could not be checked: there is no goose, and without it templates/,
  );
});

test('an empty list of agents is an error, and what has no effect a warning', async () => {
  write('agents.json', '[]');
  expect((await validate({ ...goose(), ...FILE }, true)).errors).toEqual([
    expect.stringMatching(
      /^There are no agents, so nothing can run\. The agent control file .* lists no agents/,
    ),
  ]);
  write('agents.json', [{ agentName: 'a', agentType: 'dev', limits: 5, workingDir: '/etc' }]);
  const { errors, warnings } = await validate({ ...goose(), ...FILE }, true);
  expect(errors).toEqual([]);
  expect(warnings.slice(0, 3)).toEqual([
    expect.stringMatching(
      /entry 1 \(a\): "limits" is no key of an agent and has no effect; perhaps "limit" is meant\.$/,
    ),
    '"a" has no limit, so it has 1 slot.',
    'Working directory of "a" "/etc" belongs to the system: name a directory in which agents may write.',
  ]);
});

test('a model provider: missing, named by each recipe, played by the script of npm start', async () => {
  write('agents.json', agents('a', 'b'));
  write('recipes/a.yaml', `${TOP}prompt: p\nsettings: {goose_provider: openai}\n`);
  write('recipes/b.yaml', `${TOP}prompt: p\n`);
  const { GOOSE_PROVIDER: _, ...without } = goose();
  const missing = /^goose has no model provider: run `goose configure` .*; needed by "b"\.$/;
  expect((await validate({ ...without, ...FILE }, true)).errors).toEqual([expect.stringMatching(missing)]);
  const supervisor = identify(process.pid);
  await updateEmbeddedState(join(base, 'state'), { supervisor, model: { url: 'http://127.0.0.1:9' } });
  expect((await validate({ ...without, ...FILE })).ok).toContainEqual(
    expect.stringMatching(/^goose has no model provider, and the script of the running `start` answers/),
  );
  write('recipes/b.yaml', `${TOP}prompt: p\nsettings: {goose_provider: openai}\n`);
  expect((await validate({ ...without, ...FILE })).ok).toContain('Each recipe names its model provider.');
});

test('goose that cannot be run, a file in the place of a directory, unknown settings', async () => {
  const path = write('bin/goose', '#!/bin/sh\n');
  write('recipes', '');
  const { errors, warnings } = await validate(
    { TINYSCHEDULER_GOOSE_BIN: path, TINYSCHEDULER_NONSENSE: '1' },
    true,
  );
  expect(errors).toEqual([
    `Recipes directory "${join(base, 'recipes')}" is not a directory.`,
    expect.stringMatching(/^TINYSCHEDULER_GOOSE_BIN is ".*", which is not a program that can be run/),
  ]);
  expect(warnings[0]).toMatch(/^TINYSCHEDULER_NONSENSE is not a setting/);
  chmodSync(path, 0o755);
  expect((await validate({ TINYSCHEDULER_GOOSE_BIN: path })).errors.at(-1)).toBe(
    `goose: ${path} is not the goose that runs recipes (another tool): set TINYSCHEDULER_GOOSE_BIN.`,
  );
});

test.each([
  ...['/', '/etc', '/etc/ssl', '/usr', '/usr/bin', '/usr/lib/x', '/proc/1', '/var', '/home'].map((path) => [
    path,
    true,
  ]),
  ...[
    '/srv/team',
    '/home/a',
    '/usr/local/src',
    '/usr/src/app',
    '/var/lib/x',
    '/dev/shm/x',
    '/etcetera',
    '/tmp',
  ].map((path) => [path, false]),
] as [string, boolean][])('%s belongs to the system: %s', (path, expected) => {
  expect(isOfTheSystem(path)).toBe(expected);
});

test('a TinyTask that answers', async () => {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect((await validate({ TINYSCHEDULER_MCP_ENDPOINT: endpoint })).ok).toContain(
      `TinyTask at ${endpoint} answers.`,
    );
  } finally {
    server.close();
  }
});
