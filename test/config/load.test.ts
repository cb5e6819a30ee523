import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Config, ConfigError } from '../../config/config.ts';
import { flagKeyOf } from '../../config/flags.ts';
import { loadConfig } from '../../config/load.ts';
import { jsonKeyOf, variableOf } from '../../config/setting.ts';
import { settingRows } from '../../config/settings.ts';
import { configJson } from '../../config/show.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Loads with TINYSCHEDULER_ variables given without their prefix. */
function load(variables: Record<string, string> = {}, flags: Record<string, unknown> = {}) {
  return loadConfig({ env: prefixed(variables), cwd, flags });
}

function prefixed(variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, text]) => [`TINYSCHEDULER_${name}`, text]));
}

function problemsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

test('every setting has the documented default', () => {
  const { config, sources, warnings } = load();
  expect(config).toEqual({
    basePath: cwd,
    stateDir: join(cwd, 'state'),
    apiHost: '127.0.0.1',
    apiPerMinute: 1200,
    notifyAfterMs: 300_000,
    notifyEvents: ['parked', 'unwell', 'late', 'schedule', 'budget', 'recovered'],
    apiPort: 9595,
    metricsPort: 9596,
    metricsHost: '127.0.0.1',
    apiTokenRequired: false,
    runningDir: join(cwd, 'state/running'),
    logDir: join(cwd, 'state/logs'),
    recipesDir: join(cwd, 'recipes'),
    workingDir: cwd,
    agentControlFile: join(cwd, 'docs/technical/agent-control.json'),
    agentLimits: {},
    waitingPerAgent: 2,
    maxOccurrences: 0,
    runsPerHost: 8,
    mcpEndpoint: 'http://localhost:3000',
    mcpEndpointExplicit: false,
    starter: false,
    tinytaskExtension: true,
    loopIntervalMs: 60_000,
    heartbeatMs: 15_000,
    heartbeatTimeoutMs: 45_000,
    maxRuntimeMs: 3_600_000,
    killGraceMs: 5_000,
    stallMs: 900_000,
    completeGraceMs: 120_000,
    maxAttempts: 3,
    ...{ maxTokens: 0, sameCalls: 20 },
    backoffMs: 10_000,
    backoffMaxMs: 300_000,
    cooldownMs: 30_000,
    cooldownMaxMs: 600_000,
    maxWorkerLosses: 5,
    maxRunsInARow: 20,
    enabled: true,
    dryRun: false,
    disableBlocking: false,
    logLevel: 'INFO',
    logMaxBytes: 10 * 1024 * 1024,
    logKeepDays: 14,
    logKeepBytes: 1_073_741_824,
    taskCacheDir: join(cwd, 'state/tasks'),
    lockFile: join(cwd, 'state/tinyscheduler.lock'),
  });
  expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  expect(warnings).toEqual([]);
});

describe('what a setting accepts', () => {
  test.each<[string, string, keyof Config, unknown]>([
    ['AGENT_LIMITS', '{"dispatcher": 1, "architect": 0}', 'agentLimits', { dispatcher: 1, architect: 0 }],
    ['AGENT_LIMITS', 'dispatcher:1, architect : 1000', 'agentLimits', { dispatcher: 1, architect: 1000 }],
    ['AGENT_LIMITS', 'a=2', 'agentLimits', { a: 2 }],
    ['AGENT_LIMITS', '{}', 'agentLimits', {}],
    ['MCP_ENDPOINT', 'http://tiny:8080/', 'mcpEndpoint', 'http://tiny:8080'],
    ['MCP_ENDPOINT', 'https://tiny/base/mcp', 'mcpEndpoint', 'https://tiny/base'],
    ['LOOP_INTERVAL_SEC', '1', 'loopIntervalMs', 1_000],
    ['LOOP_INTERVAL_SEC', ' 2.5 ', 'loopIntervalMs', 2_500],
    ['HEARTBEAT_SEC', '4', 'heartbeatTimeoutMs', 15_000],
    ['HEARTBEAT_SEC', '20', 'heartbeatTimeoutMs', 60_000],
    ['STALL_SEC', '0', 'stallMs', 0],
    ['MAX_TOKENS', '1000000000', 'maxTokens', 1_000_000_000],
    ['SAME_CALLS', '0', 'sameCalls', 0],
    ['LOG_LEVEL', 'debug', 'logLevel', 'DEBUG'],
    ['LOG_LEVEL', 'Warning', 'logLevel', 'WARNING'],
    ['LOG_LEVEL', 'CRITICAL', 'logLevel', 'ERROR'],
    ['MAX_ATTEMPTS', '1', 'maxAttempts', 1],
    ['WAITING_PER_AGENT', '0', 'waitingPerAgent', 0],
    ['MAX_OCCURRENCES', '3', 'maxOccurrences', 3],
    ['RUNS_PER_HOST', '64', 'runsPerHost', 64],
    ['HOST_GROUP', 'gpu-1', 'hostGroup', 'gpu-1'],
    ['GOOSE_BIN', 'goose', 'gooseBin', 'goose'],
    ['GOOSE_BIN', '/opt/goose', 'gooseBin', '/opt/goose'],
    ['GOOSE_BIN', '~/bin/goose', 'gooseBin', join(homedir(), 'bin/goose')],
    ['RECIPES_DIR', '/srv/recipes/', 'recipesDir', '/srv/recipes'],
    ['STATE_DIR', '/var/lib/ts', 'logDir', '/var/lib/ts/logs'],
    ['BASE_PATH', '/srv', 'agentControlFile', '/srv/docs/technical/agent-control.json'],
    ['BASE_PATH', '/srv', 'workingDir', '/srv'],
    ['LOG_MAX_BYTES', '4096', 'logMaxBytes', 4096],
    ['LOG_KEEP_DAYS', '1', 'logKeepDays', 1],
    ['LOG_KEEP_BYTES', '1048576', 'logKeepBytes', 1_048_576],
  ])('%s=%j', (name, text, key, value) => {
    expect(load({ [name]: text }).config[key]).toEqual(value);
  });

  test.each([
    ...['true', '1', 'yes', 'on', 'TRUE', 'Yes'].map((text) => [text, true] as const),
    ...['false', '0', 'no', 'off', 'False', 'OFF'].map((text) => [text, false] as const),
  ])('booleans: %j', (text, value) => {
    const names = ['DRY_RUN', 'ENABLED', 'DISABLE_BLOCKING', 'TINYTASK_EXTENSION'];
    const { config } = load(Object.fromEntries(names.map((name) => [name, text])));
    expect([config.dryRun, config.enabled, config.disableBlocking, config.tinytaskExtension]).toEqual(
      Array(4).fill(value),
    );
  });

  test('a relative path starts at the base path, a relative base path at the current directory', () => {
    const { config } = load({
      BASE_PATH: 'project',
      RECIPES_DIR: 'r',
      GOOSE_BIN: 'bin/goose',
      LOG_DIR: '../l',
    });
    expect([config.recipesDir, config.gooseBin, config.logDir]).toEqual([
      join(cwd, 'project/r'),
      join(cwd, 'project/bin/goose'),
      join(cwd, 'l'),
    ]);
  });

  test.each(['', '   '])('%j counts as not set', (text) => {
    const everything = Object.fromEntries(settingRows().map(({ name }) => [name, text]));
    expect(load(everything).config).toEqual(load().config);
  });
});

describe('what a setting refuses', () => {
  const number = (range: string) => `must be a number of seconds from ${range}.`;
  const json = 'must be a JSON object such as {"dispatcher": 1}, or dispatcher:1,architect:2';
  const url = 'must be an http:// or https:// address such as http://localhost:3000';
  test.each([
    ['LOOP_INTERVAL_SEC', '0', number('1 to 86400')],
    ['LOOP_INTERVAL_SEC', '1e3', number('1 to 86400')],
    ['HEARTBEAT_SEC', '-15', number('1 to 300')],
    ['HEARTBEAT_SEC', '15s', number('1 to 300')],
    ['MAX_RUNTIME_SEC', 'inf', number('1 to 604800')],
    ['KILL_GRACE_SEC', '301', number('0 to 300')],
    ['STALL_SEC', 'off', 'must be a number of seconds from 0 to 604800 (0: never).'],
    ['COMPLETE_GRACE_SEC', '90000', number('0 to 86400')],
    ['BACKOFF_SEC', 'x', number('0 to 86400')],
    ['BACKOFF_MAX_SEC', '-1', number('0 to 86400')],
    ['COOLDOWN_SEC', '.', number('0 to 86400')],
    ['COOLDOWN_MAX_SEC', '1 2', number('0 to 86400')],
    ['MAX_ATTEMPTS', '0', 'must be a whole number of attempts from 1 to 100.'],
    ['MAX_ATTEMPTS', '2.5', 'must be a whole number of attempts from 1 to 100.'],
    ['MAX_WORKER_LOSSES', '0', 'must be a whole number of losses from 1 to 1000.'],
    ['MAX_RUNS_IN_A_ROW', '99999', 'must be a whole number of runs from 1 to 10000.'],
    ['RUNS_PER_HOST', '0', 'must be a whole number of runs from 1 to 1000.'],
    ['WAITING_PER_AGENT', '11', 'must be a whole number of runs from 0 to 10.'],
    ['MAX_OCCURRENCES', '-1', 'must be a whole number of occurrences from 0 to 10000.'],
    ['LOG_MAX_BYTES', '10MB', 'must be a whole number of bytes from 4096 to 1073741824.'],
    ['LOG_KEEP_BYTES', '0', 'must be a whole number of bytes from 1048576 to 1000000000000000.'],
    ['LOG_LEVEL', 'verbose', 'must be DEBUG, INFO, WARNING or ERROR.'],
    ['LOG_LEVEL', 'constructor', 'must be DEBUG, INFO, WARNING or ERROR.'],
    ['DRY_RUN', 'maybe', 'must be true or false (or yes/no, on/off, 1/0).'],
    ['ENABLED', '2', 'must be true or false (or yes/no, on/off, 1/0).'],
    ['DISABLE_BLOCKING', 'y', 'must be true or false (or yes/no, on/off, 1/0).'],
    ['TINYTASK_EXTENSION', 'enabled', 'must be true or false (or yes/no, on/off, 1/0).'],
    ['MCP_ENDPOINT', 'localhost:3000', `${url}.`],
    ['MCP_ENDPOINT', 'ws://localhost:3000', `${url}.`],
    ['MCP_ENDPOINT', 'http://h/?a=1', `${url}, without "?" or "#".`],
    [
      'HOST_GROUP',
      'two words',
      '"two words" is not a name: use letters, digits, ".", "_" and "-", starting with a letter or digit, and no "..".',
    ],
    ['STATE_DIR', 'a\0b', 'must be a path, neither empty nor with NUL characters.'],
    ['AGENT_LIMITS', 'dispatcher', `${json}; "dispatcher" is neither.`],
    ['AGENT_LIMITS', 'a:1,', `${json}; "" is neither.`],
    ['AGENT_LIMITS', '{"a": 1001}', 'has the limit 1001 for "a"; a limit is a whole number from 0 to 1000.'],
    ['AGENT_LIMITS', '{"a": "1"}', 'has the limit "1" for "a"; a limit is a whole number from 0 to 1000.'],
    ['AGENT_LIMITS', 'a:-1', 'has the limit "-1" for "a"; a limit is a whole number from 0 to 1000.'],
    ['AGENT_LIMITS', 'a:1.5', 'has the limit "1.5" for "a"; a limit is a whole number from 0 to 1000.'],
    ['AGENT_LIMITS', 'a:1,a:2', 'names "a" twice; give it one limit.'],
    [
      'AGENT_LIMITS',
      '{"../x": 1}',
      'has an agent name that cannot be used: "../x" is not a name: use letters, digits, ".", "_" and "-", starting with a letter or digit, and no "..".',
    ],
  ])('%s=%j', (name, text, message) => {
    expect(problemsOf(() => load({ [name]: text }))).toEqual([
      `TINYSCHEDULER_${name} is ${JSON.stringify(text)} (from the environment): ${message}`,
    ]);
  });

  test('every setting with a rule is in the table above or takes any path', () => {
    const rejecting = settingRows().filter(({ kind }) => kind !== 'path' && kind !== 'command');
    for (const { schema, name } of rejecting) expect(schema.safeParse('\u0001?').success, name).toBe(false);
  });

  test('broken JSON is quoted with the reason', () => {
    const [problem] = problemsOf(() => load({ AGENT_LIMITS: '{"a": 1' }));
    expect(problem).toMatch(
      /^TINYSCHEDULER_AGENT_LIMITS is "\{\\"a\\": 1" \(from the environment\): must be a JSON/,
    );
  });

  test('all problems are told at once', () => {
    const problems = problemsOf(() => load({ LOOP_INTERVAL_SEC: 'x', DRY_RUN: 'y', MAX_ATTEMPTS: 'z' }));
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'TINYSCHEDULER_LOOP_INTERVAL_SEC',
      'TINYSCHEDULER_MAX_ATTEMPTS',
      'TINYSCHEDULER_DRY_RUN',
    ]);
  });

  test('a password in an address is neither accepted nor repeated', () => {
    const [problem] = problemsOf(() => load({ MCP_ENDPOINT: 'http://me:secret@host' }));
    expect(problem).toContain('is "http://me:***@host"');
    expect(problem).toContain('without user and password');
    expect(problem).not.toContain('secret');
  });

  test.each([
    [{ KILL_GRACE_SEC: '16' }, /KILL_GRACE_SEC to at most 15, or HEARTBEAT_SEC to at least 16\.$/],
    [{ KILL_GRACE_SEC: '8', HEARTBEAT_SEC: '4' }, /at most 7, or HEARTBEAT_SEC to at least 8\.$/],
    [{ BACKOFF_SEC: '301' }, /BACKOFF_SEC is 301, more than TINYSCHEDULER_BACKOFF_MAX_SEC \(300\)/],
    [{ COOLDOWN_MAX_SEC: '1' }, /COOLDOWN_SEC is 30, more than TINYSCHEDULER_COOLDOWN_MAX_SEC \(1\)/],
  ])('settings that contradict each other: %j', (variables, message) => {
    expect(problemsOf(() => load(variables)).join()).toMatch(message);
  });

  test.each([{ KILL_GRACE_SEC: '15' }, { KILL_GRACE_SEC: '7', HEARTBEAT_SEC: '4' }])(
    'a grace that just fits: %j',
    (variables) => {
      expect(() => load(variables)).not.toThrow();
    },
  );
});

describe('precedence', () => {
  test('flag over environment over env file over default', () => {
    const dir = join(cwd, 'precedence');
    mkdirSync(dir);
    writeFileSync(
      join(dir, '.env'),
      'TINYSCHEDULER_LOOP_INTERVAL_SEC=10\nTINYSCHEDULER_MAX_ATTEMPTS=5\nTINYSCHEDULER_RUNS_PER_HOST=3\n',
    );
    const env = { TINYSCHEDULER_LOOP_INTERVAL_SEC: '20', TINYSCHEDULER_MAX_ATTEMPTS: '6' };
    const { config, sources } = loadConfig({ env, cwd: dir, flags: { loopInterval: '30', once: true } });
    expect([config.loopIntervalMs, config.maxAttempts, config.runsPerHost]).toEqual([30_000, 6, 3]);
    expect(sources).toMatchObject({
      loopIntervalMs: 'flag',
      maxAttempts: 'environment',
      runsPerHost: 'file',
      heartbeatMs: 'default',
    });
  });

  test('--agent-limit changes the agents it names', () => {
    const { config, sources } = load({ AGENT_LIMITS: 'a:1,b:2' }, { agentLimit: ['b=5', 'c=6'] });
    expect(config.agentLimits).toEqual({ a: 1, b: 5, c: 6 });
    expect(sources.agentLimits).toBe('flag');
    expect(problemsOf(() => load({}, { agentLimit: ['a=x'] }))).toEqual([
      'TINYSCHEDULER_AGENT_LIMITS is "a=x" (from --agent-limit): has the limit "x" for "a"; a limit is a whole number from 0 to 1000.',
    ]);
  });

  test.each([
    [{ dryRun: true }, true],
    [{ dryRun: false }, false],
    [{}, true],
  ])('boolean flags %j over DRY_RUN=yes', (flags, value) => {
    expect(load({ DRY_RUN: 'yes' }, flags).config.dryRun).toBe(value);
  });

  test('an endpoint that is the default but was named counts as named', () => {
    expect(load({ MCP_ENDPOINT: 'http://localhost:3000' }).config.mcpEndpointExplicit).toBe(true);
  });
});

test('what `config --show --json` prints, set again, is the same configuration', () => {
  const text = (low: number, high: number) => fc.integer({ min: low, max: high }).map(String);
  const name = fc.stringMatching(/^[a-z0-9][a-zA-Z0-9_-]{0,10}$/);
  const variables = fc.record(
    {
      BASE_PATH: name,
      STATE_DIR: name,
      RECIPES_DIR: fc.constantFrom('r', '/r', '../r'),
      GOOSE_BIN: fc.constantFrom('goose', './goose', '/usr/bin/goose'),
      HOST_GROUP: name,
      MCP_ENDPOINT: fc.constantFrom('http://a:1/', 'https://b/c/mcp'),
      AGENT_LIMITS: fc
        .dictionary(name, fc.integer({ min: 0, max: 1000 }))
        .map((limits) => JSON.stringify(limits)),
      LOOP_INTERVAL_SEC: fc.integer({ min: 10, max: 9999 }).map((tenths) => String(tenths / 10)),
      HEARTBEAT_SEC: text(5, 300),
      DRY_RUN: fc.constantFrom('on', 'no'),
      ENABLED: fc.constantFrom('1', 'off'),
      LOG_LEVEL: fc.constantFrom('debug', 'WARN', 'ERROR'),
      MAX_ATTEMPTS: text(1, 100),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(variables, (given) => {
      const first = load(given as Record<string, string>);
      const shown = JSON.parse(JSON.stringify(configJson(first))) as Record<string, unknown>;
      const again = Object.fromEntries(
        settingRows()
          .filter((setting) => shown[jsonKeyOf(setting)] !== null)
          .map((setting) => {
            const value = shown[jsonKeyOf(setting)];
            if (Array.isArray(value)) return [setting.name, value.join(',')];
            return [setting.name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
          }),
      );
      expect(load(again).config).toEqual({ ...first.config, mcpEndpointExplicit: true });
    }),
  );
});

test('names, flags and JSON keys are all different', () => {
  for (const of of [variableOf, flagKeyOf, jsonKeyOf]) {
    const all = settingRows().map((setting) => of(setting));
    expect(new Set(all).size).toBe(all.length);
  }
});
