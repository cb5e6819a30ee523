import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Stop } from '../../../domain/attempt/judge.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';
import { type ScriptedModel, startScriptedModel } from '../../../embedded/model/scripted-model.ts';
import { newRunToken } from '../../../goose/host/run-record.ts';
import { type GooseRunOptions, type GooseRunSpec, runGoose } from '../../../goose/run/run.ts';
import { extensionNameOf, gooseCommand, gooseEnvironment } from '../../../goose/start/command-line.ts';
import { startEmbeddedTinyTask } from '../../../tinytask/embedded/server.ts';
import { allowed } from '../../support/allowed.ts';
import { eventually } from '../../support/eventually.ts';
import { findByToken } from '../../support/find-by-token.ts';
import { gooseBin } from '../../support/goose-bin.ts';
import { gooseHome, writeRecipe } from '../../support/goose-home.ts';
import { isAlive, temporaryFolder } from '../../support/stub-runs.ts';

const FOREVER = new AbortController().signal;
let model: ScriptedModel;
beforeAll(async () => {
  model = await startScriptedModel({ port: 0 });
});
afterAll(() => model.close());

interface Scene {
  env?: Record<string, string>;
  recipe?: string;
  tinytask?: string;
  launchPrefix?: string[];
  spec?: Partial<GooseRunSpec>;
  run?: Partial<GooseRunOptions>;
}

/** Runs the real goose on a recipe with that script, in a folder and with a home of its own. */
async function play(folder: string, script: string, scene: Scene = {}) {
  const token = newRunToken();
  const recipePath = writeRecipe(
    join(folder, 'recipes'),
    'vaela',
    `Work on {{ task_id }}.\n${script}`,
    scene.recipe,
  );
  const base = { ...gooseHome(join(folder, 'home'), model.url), ...scene.env };
  const command = gooseCommand({
    bin: gooseBin(),
    recipePath,
    taskId: 42,
    agent: 'vaela',
    queue: null,
    attempt: 1,
    basePath: folder,
    ...(scene.tinytask !== undefined && { tinytaskMcpUrl: scene.tinytask }),
    ...(scene.launchPrefix && { launchPrefix: scene.launchPrefix }),
  });
  const spec: GooseRunSpec = {
    command,
    env: gooseEnvironment(base, token),
    cwd: folder,
    token,
    log: { dir: folder, name: 'attempt.log', maxBytes: 1_000_000 },
    maxRuntimeMs: 60_000,
    stallMs: 0,
    graceMs: 2000,
    ...(scene.tinytask !== undefined && {
      ownExtension: { name: extensionNameOf(scene.tinytask), url: scene.tinytask },
    }),
    ...scene.spec,
  };
  const result = await runGoose(spec, { signal: FOREVER, ...scene.run });
  expect(await findByToken(token)).toEqual([]);
  return result;
}

describe('what the real goose comes to', () => {
  const loopForEver = { env: { GOOSE_MAX_TURNS: '3' } };
  const structured = 'response:\n  json_schema: {type: object, properties: {result: {type: string}}}\n';
  const unreachable = { env: { OPENAI_HOST: 'http://127.0.0.1:9' } };
  /** `answers`: whether the model is told to have answered. */
  type Row = [
    what: string,
    script: string,
    kind: VerdictKind,
    answers: boolean,
    reason: RegExp,
    scene?: Scene,
  ];
  test.concurrent.each<Row>([
    ['an answer', 'MODEL: say All good.', 'completed', true, /final answer/],
    ['no script', '', 'completed', true, /final answer/],
    [
      'a tool and an answer',
      'MODEL: shell echo {{ task_id }} > made\nMODEL: say Made.',
      'completed',
      true,
      /final/,
    ],
    [
      'a final output',
      'MODEL: tool final_output {"result": "x"}',
      'completed',
      true,
      /final/,
      { recipe: structured },
    ],
    ['too many turns', 'MODEL: loop', 'agent-failed', true, /maximum number of turns/, loopForEver],
    ['nothing said', 'MODEL: empty', 'agent-failed', false, /answered with nothing/],
    ['the output limit', 'MODEL: length', 'agent-failed', true, /output limit/],
    ['an answer that breaks off', 'MODEL: cut', 'model-unavailable', false, /broke off/],
    ['credits used up', 'MODEL: fail 402', 'model-unavailable', false, /credits/],
    ['a bad key', 'MODEL: fail 401 bad key', 'misconfigured', false, /API key/],
    ['a context too small', 'MODEL: fail 413', 'agent-failed', false, /context/],
    ['a tool, then 401', 'MODEL: shell true\nMODEL: fail 401', 'misconfigured', true, /API key/],
    [
      'no such provider',
      '',
      'misconfigured',
      false,
      /Unknown provider/,
      { env: { GOOSE_PROVIDER: 'nonesuch' } },
    ],
    [
      'an unreachable TinyTask',
      '',
      'tinytask-unavailable',
      false,
      /TinyTask/,
      { tinytask: 'http://127.0.0.1:9/mcp' },
    ],
    ['500', 'MODEL: fail 500', 'model-unavailable', false, /500 Internal Server Error/],
    ['429', 'MODEL: fail 429', 'model-unavailable', false, /quota/],
    ['an unknown model', 'MODEL: fail 404', 'misconfigured', false, /GOOSE_MODEL/],
    ['no model', '', 'model-unavailable', false, /127\.0\.0\.1:9 cannot be reached/, unreachable],
  ])(
    '%s',
    async (_, script, kind, answers, reason, scene) => {
      using folder = temporaryFolder();
      const onModelAnswered = vi.fn();
      const { verdict, logProblem } = await play(folder.path, script, { ...scene, run: { onModelAnswered } });
      expect(verdict).toEqual({ kind, reason: expect.stringMatching(reason) });
      expect(onModelAnswered).toHaveBeenCalledTimes(answers ? 1 : 0);
      expect(logProblem).toBeUndefined();
      if (script.includes('made')) expect(readFileSync(join(folder.path, 'made'), 'utf8')).toBe('42\n');
    },
    60_000,
  );
});

test('the agent works on TinyTask through the tools that it is given', async () => {
  using folder = temporaryFolder();
  const tinytask = await startEmbeddedTinyTask({ databaseFile: join(folder.path, 'tasks.db'), port: 0 });
  try {
    const script =
      'MODEL: tool create_task {"title": "made by goose", "created_by": "vaela"}\nMODEL: say Done.';
    const { verdict, turns } = await play(folder.path, script, { tinytask: `${tinytask.endpoint}/mcp` });
    expect(verdict.kind).toBe('completed');
    expect(turns).toBe(2);
    const log = readFileSync(join(folder.path, 'attempt.log'), 'utf8');
    expect(log).toContain('toolResponse');
    expect(log).toContain('made by goose');
    expect(log).not.toContain('"isError":true');
  } finally {
    await tinytask.close();
  }
});

test('that the model has answered is told while goose still works', async () => {
  using folder = temporaryFolder();
  const controller = new AbortController();
  const script = 'MODEL: shell true\nMODEL: wait 60s\nMODEL: say Done.';
  const onModelAnswered = vi.fn(() =>
    controller.abort({ why: 'shutdown', detail: 'the model has answered' } satisfies Stop),
  );
  const result = await play(folder.path, script, { run: { signal: controller.signal, onModelAnswered } });
  expect(onModelAnswered).toHaveBeenCalledTimes(1);
  expect(result.verdict).toEqual({ kind: 'cancelled', reason: 'the model has answered' });
  expect(result.turns).toBe(1);
  expect(result.endedAt - result.startedAt).toBeLessThan(allowed(30_000));
});

test('a stop reaches what the agent started in its shell', async () => {
  using folder = temporaryFolder();
  const controller = new AbortController();
  const script = 'MODEL: shell setsid sleep 1000 & echo started > started; wait\nMODEL: say Done.';
  let all: Awaited<ReturnType<typeof findByToken>> = [];
  const result = await play(folder.path, script, {
    run: {
      signal: controller.signal,
      onStarted: async ({ pid, startTime }) => {
        await eventually('it has started', () => existsSync(join(folder.path, 'started')));
        all = await findByToken('', { pid, startTime });
        controller.abort({ why: 'shutdown', detail: 'the worker shuts down' });
      },
    },
  });
  expect(result.verdict).toEqual({ kind: 'cancelled', reason: 'the worker shuts down' });
  expect(all.length).toBeGreaterThanOrEqual(3);
  for (const each of all) expect(await isAlive(each)).toBe(false);
});

test.each([
  ['that waits for it', '"$@" & wait'],
  ['that has ended long before', '"$@" & exit 0'],
])('goose behind a launcher %s does its work', async (_, does) => {
  using folder = temporaryFolder();
  const launchPrefix = ['/bin/sh', '-c', does, 'sh'];
  const { verdict, tokens, exitCode } = await play(folder.path, 'MODEL: shell sleep 1\nMODEL: say Done.', {
    launchPrefix,
  });
  expect([verdict.kind, tokens?.total, exitCode]).toEqual(['completed', 240, 0]);
});

test.each([
  ['a call again and again', 'MODEL: loop', { sameCalls: 5 }, /^goose called the same tool .* 5 times/],
  [
    'a call after another',
    'MODEL: shell date\nMODEL: loop',
    { sameCalls: 5 },
    /same tool with the same arguments 5/,
  ],
  [
    'calls that break off',
    'MODEL: tear',
    { sameCalls: 5 },
    /^5 calls of tools broke off before goose could read/,
  ],
  [
    'too many tokens',
    'MODEL: loop',
    { maxTokens: 500 },
    /^goose has used \d+ tokens, more than the 500 that/,
  ],
])('a goose that goes on without end is stopped: %s', async (_, script, limits, reason) => {
  using folder = temporaryFolder();
  const { verdict } = await play(folder.path, script, { spec: limits });
  expect(verdict).toEqual({ kind: 'looping', reason: expect.stringMatching(reason) });
});

test('what it may do often, and has used, stops nothing below the limits', async () => {
  using folder = temporaryFolder();
  const script = `${'MODEL: shell true\n'.repeat(4)}MODEL: wait 3s\nMODEL: say Done.`;
  const { verdict, tokens } = await play(folder.path, script, { spec: { sameCalls: 5, maxTokens: 600 } });
  expect([verdict.kind, tokens?.total]).toEqual(['completed', 600]);
});

test('a model that does not answer runs into the time limit', async () => {
  using folder = temporaryFolder();
  const result = await play(folder.path, 'MODEL: wait 60s', { spec: { maxRuntimeMs: 1500 } });
  expect(result.verdict.kind).toBe('timed-out');
  expect(result.endedAt - result.startedAt).toBeLessThan(allowed(5000));
});
