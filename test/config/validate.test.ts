import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { validateConfig } from '../../config/validate.ts';

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

function goose(mode = 0o755): void {
  mkdirSync(join(base, 'bin'));
  writeFileSync(join(base, 'bin/goose'), '#!/bin/sh\n', { mode });
}

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
  goose();
  const { errors, warnings, fixed } = await validate({}, true);
  expect(errors).toEqual([]);
  expect(fixed).toHaveLength(5);
  expect(fixed.at(-1)).toMatch(/with dispatcher and architect$/);
  expect(JSON.parse(readFileSync(join(base, 'docs/technical/agent-control.json'), 'utf8'))).toEqual([
    { agentName: 'dispatcher', agentType: 'orchestrator' },
    { agentName: 'architect', agentType: 'architect' },
  ]);
  expect(warnings).toContain('"dispatcher" has no limit, so it has 1 slot.');
  expect((await validate({}, true)).fixed).toEqual([]);
});

test('--fix never overwrites a broken control file', async () => {
  const file = join(base, 'agents.json');
  writeFileSync(file, '[');
  const { errors } = await validate({ TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json' }, true);
  expect(readFileSync(file, 'utf8')).toBe('[');
  expect(errors[0]).toMatch(/^Agent control file ".*agents\.json": it is not JSON/);
});

test('agents: recipes, links out of the recipes directory, limits of nobody, limit 0', async () => {
  goose();
  writeFileSync(
    join(base, 'agents.json'),
    JSON.stringify(
      ['a', 'b', 'c'].map((agentName) => ({ agentName, agentType: 'dev', limit: agentName === 'c' ? 0 : 2 })),
    ),
  );
  mkdirSync(join(base, 'recipes'));
  writeFileSync(join(base, 'recipes/a.yaml'), 'title: a\n');
  writeFileSync(join(base, 'outside.yaml'), 'title: b\n');
  symlinkSync(join(base, 'outside.yaml'), join(base, 'recipes/b.yaml'));
  const { errors, warnings, ok } = await validate(
    { TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json', TINYSCHEDULER_AGENT_LIMITS: 'a:1,z:1' },
    true,
  );
  expect(errors).toEqual([expect.stringMatching(/b\.yaml" is a link out of the recipes directory/)]);
  expect(ok).toContainEqual(expect.stringMatching(/a\.yaml" is there/));
  expect(warnings.slice(0, 4)).toEqual([
    '"c" has the limit 0 and runs nothing.',
    expect.stringMatching(/c\.yaml" is missing: only tasks with a `recipe:<name>` tag can run on "c"/),
    expect.stringMatching(/^"z" has a limit and is not in the agent control file/),
    expect.stringMatching(/z\.yaml" is missing/),
  ]);
});

test('goose that cannot be run, a file in the place of a directory, unknown settings', async () => {
  goose(0o644);
  chmodSync(join(base, 'bin/goose'), 0o644);
  writeFileSync(join(base, 'recipes'), '');
  const { errors, warnings } = await validate(
    { TINYSCHEDULER_GOOSE_BIN: join(base, 'bin/goose'), TINYSCHEDULER_NONSENSE: '1' },
    true,
  );
  expect(errors).toEqual([
    `Recipes directory "${join(base, 'recipes')}" is not a directory.`,
    expect.stringMatching(/^TINYSCHEDULER_GOOSE_BIN is ".*", which is not a program that can be run/),
  ]);
  expect(warnings[0]).toMatch(/^TINYSCHEDULER_NONSENSE is not a setting/);
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
