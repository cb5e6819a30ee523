import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { flagOptions } from '../../config/flags.ts';
import { loadConfig } from '../../config/load.ts';
import { variableOf } from '../../config/setting.ts';
import { settingRows } from '../../config/settings.ts';
import { configJson, configText } from '../../config/show.ts';
import { temporalSettings } from '../../config/temporal.ts';
import { isHeldBack } from '../../domain/goose-variables.ts';
import { settingsTable } from '../support/settings-table.ts';

const nothing = { env: { HOME: '/nonexistent' }, cwd: '/nonexistent' };

/** Runs commander as the command line does, and loads what it gives. */
function fromArguments(args: string[]) {
  const command = new Command('run').exitOverride();
  for (const { flags, description, repeatable } of flagOptions()) {
    if (repeatable) {
      command.option(flags, description, (value: string, all: string[] = []) => [...all, value]);
    } else command.option(flags, description);
  }
  command.parse(args, { from: 'user' });
  return loadConfig({ ...nothing, flags: command.opts() });
}

test('the flags of the Python version, through commander', () => {
  const { config, sources } = fromArguments(
    '--agent-limit a=2 --agent-limit b=3 --mcp-endpoint http://x:1 --loop-interval 30 --heartbeat-interval 10 --max-runtime 60 --log-level DEBUG --goose-bin /g --recipes-dir /r --running-dir /s --log-dir /l --dry-run --disable-blocking --no-enabled'.split(
      ' ',
    ),
  );
  expect(config).toMatchObject({
    agentLimits: { a: 2, b: 3 },
    mcpEndpoint: 'http://x:1',
    loopIntervalMs: 30_000,
    heartbeatMs: 10_000,
    maxRuntimeMs: 60_000,
    logLevel: 'DEBUG',
    gooseBin: '/g',
    recipesDir: '/r',
    runningDir: '/s',
    logDir: '/l',
    dryRun: true,
    disableBlocking: true,
    enabled: false,
  });
  expect(sources).toMatchObject({ enabled: 'flag', tinytaskExtension: 'default' });
});

test('every setting that has an effect, and is no secret, has a flag, a row in the table and a line in `config --show`', () => {
  const loaded = loadConfig(nothing);
  const text = configText(loaded, []);
  const table = settingsTable();
  for (const setting of settingRows()) {
    expect(text).toContain(variableOf(setting));
    expect(table).toContain(`\`${variableOf(setting)}\``);
  }
  expect(flagOptions()).toHaveLength(
    settingRows().filter(({ unused, secret }) => !unused && !secret).length + 5,
  );
  expect(new Set(table.split('\n').map((row) => row.split(/(?<!\\)\|/).length))).toEqual(new Set([6]));
});

test('`config --show` names the source, the unset and the unused', () => {
  const env = { TINYSCHEDULER_AGENT_LIMITS: 'a:1,b:2' };
  const text = configText(loadConfig({ ...nothing, env }), []);
  expect(text).toMatch(/TINYSCHEDULER_AGENT_LIMITS +a=1, b=2 +\(environment\)/);
  expect(text).toMatch(/TINYSCHEDULER_HOST_GROUP +not set +\(default\)/);
  expect(text).toMatch(/TINYSCHEDULER_LOCK_FILE +\S+ +\(default; unused: Temporal allows/);
});

test("the JSON has the Python version's keys, and nothing of the environment", () => {
  const env = { OPENAI_API_KEY: 'sk-secret', TINYSCHEDULER_AGENT_LIMITS: 'a:1' };
  const json = configJson(loadConfig({ ...nothing, env }));
  const python =
    'base_path running_dir log_dir recipes_dir bin_dir task_cache_dir lock_file agent_control_file agent_limits goose_bin mcp_endpoint loop_interval_sec heartbeat_interval_sec max_runtime_sec dry_run log_level enabled disable_blocking hostname';
  expect(Object.keys(json)).toEqual(expect.arrayContaining(python.split(' ')));
  expect(json).toMatchObject({ agent_limits: { a: 1 }, goose_bin: null, loop_interval_sec: 60 });
  expect(JSON.stringify(json)).not.toContain('sk-secret');
});

test.each([
  [{}, { address: 'localhost:7233', namespace: 'default', explicitlyConfigured: false }],
  [
    { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_NAMESPACE: 'ours' },
    { address: 'cloud:7233', namespace: 'ours', explicitlyConfigured: true },
  ],
  [
    { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'key' },
    { connectionOptions: { address: 'cloud:7233', apiKey: 'key', tls: true } },
  ],
])("Temporal's own settings: %j", (env, expected) => {
  expect(temporalSettings({ HOME: '/nonexistent', ...env })).toMatchObject(expected);
});

test('a certificate that is not there is an error that says where to look', () => {
  const env = { TEMPORAL_ADDRESS: 'a:1', TEMPORAL_TLS_CLIENT_CERT_PATH: '/nonexistent/cert.pem' };
  expect(() => temporalSettings(env)).toThrow(/TEMPORAL_\*\) cannot be used: .*nonexistent/);
});

describe('whom to notify', () => {
  const load = (env: Record<string, string>) => loadConfig({ ...nothing, env });

  test.each<[text: string, value: unknown]>([
    ['https://hooks.example/T/S', { to: 'url', url: 'https://hooks.example/T/S' }],
    ['http://u:p@h:1/x?y#z', { to: 'url', url: 'http://u:p@h:1/x?y#z' }],
    ['tell', { to: 'command', name: 'tell' }],
    ['on-call/page.sh', { to: 'command', name: 'on-call/page.sh' }],
  ])('%s', (text, value) => {
    expect(load({ TINYSCHEDULER_NOTIFY: text }).config.notify).toEqual(value);
  });

  test.each([
    ...['ftp://a/S3CRET', 'javascript:S3CRET', 'https://', 'file:///S3CRET', 'mailto:S3CRET'],
    ...[
      '../S3CRET',
      '/bin/S3CRET',
      'a/../S3CRET',
      'tell S3CRET',
      '-S3CRET',
      'a//S3CRET',
      `S3CRET${'x'.repeat(300)}`,
    ],
  ])('%s is refused, and not quoted', (text) => {
    const problem = problemOf(() => load({ TINYSCHEDULER_NOTIFY: text }));
    expect(problem).toMatch(/^TINYSCHEDULER_NOTIFY \(from the environment\): must be an http/);
    expect(problem).not.toContain('S3CRET');
  });

  test('a token that no header can have is refused, and not quoted', () => {
    const problem = problemOf(() => load({ TINYSCHEDULER_NOTIFY_TOKEN: 'S3CRET\r\nx: y' }));
    expect(problem).toMatch(/^TINYSCHEDULER_NOTIFY_TOKEN \(from the environment\): must be one word/);
    expect(problem).not.toContain('S3CRET');
  });

  test.each(['wrong', 'parked,Wrong', 'parked late'])('events %s are refused', (text) => {
    expect(problemOf(() => load({ TINYSCHEDULER_NOTIFY_EVENTS: text }))).toContain('must be words of parked');
  });

  test('nothing of it that may be secret is shown, and it has no flag', () => {
    const loaded = load({
      TINYSCHEDULER_NOTIFY: 'https://u:S3CRET@hooks.example:8/S3CRET?S3CRET',
      TINYSCHEDULER_NOTIFY_TOKEN: 'S3CRET',
      TINYSCHEDULER_NOTIFY_AFTER_MIN: '0.5',
    });
    expect(loaded.config.notifyAfterMs).toBe(30_000);
    for (const text of [configText(loaded, []), JSON.stringify(configJson(loaded)), loaded.warnings.join()])
      expect(text).not.toContain('S3CRET');
    expect(configJson(loaded)).toMatchObject({
      ...{ notify: 'https://hooks.example:8', notify_token: '***', notify_after_min: 0.5 },
    });
    expect(flagOptions().filter(({ flags }) => /^--notify(-token)? /.test(flags))).toEqual([]);
    expect(isHeldBack('TINYSCHEDULER_NOTIFY') && isHeldBack('TINYSCHEDULER_NOTIFY_TOKEN')).toBe(true);
  });
});

function problemOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}
