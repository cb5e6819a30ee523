import { Command } from 'commander';
import { expect, test } from 'vitest';
import { flagOptions } from '../../config/flags.ts';
import { loadConfig } from '../../config/load.ts';
import { variableOf } from '../../config/setting.ts';
import { settingRows } from '../../config/settings.ts';
import { configJson, configText } from '../../config/show.ts';
import { temporalSettings } from '../../config/temporal.ts';
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

test('every setting that has an effect has a flag, a row in the table and a line in `config --show`', () => {
  const loaded = loadConfig(nothing);
  const text = configText(loaded, []);
  const table = settingsTable();
  for (const setting of settingRows()) {
    expect(text).toContain(variableOf(setting));
    expect(table).toContain(`\`${variableOf(setting)}\``);
  }
  expect(flagOptions()).toHaveLength(settingRows().filter(({ unused }) => !unused).length + 5);
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
