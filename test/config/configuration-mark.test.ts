import { expect, test } from 'vitest';
import { program } from '../../client/cli/program.ts';
import { configurationMark } from '../../config/configuration-mark.ts';
import { loadConfig } from '../../config/load.ts';
import { temporalSettings } from '../../config/temporal.ts';

const loadedOf = (env: Record<string, string>, flags: Record<string, unknown> = {}) =>
  loadConfig({ env: { TINYSCHEDULER_BASE_PATH: '/base', ...env }, flags, cwd: '/' });
function markOf(env: Record<string, string>, flags?: Record<string, unknown>): string {
  const loaded = loadedOf(env, flags);
  return configurationMark(loaded, temporalSettings(loaded.environment));
}

test.each([
  [{ TINYSCHEDULER_LOG_LEVEL: 'DEBUG' }],
  [{ TINYSCHEDULER_API_PORT: '1234' }],
  [{ TINYSCHEDULER_METRICS_PORT: '1234' }],
  [{ TINYSCHEDULER_GOOSE_BIN: '/g' }],
  [{ SOMETHING: 'else' }],
])('%j changes no answer', (env) => expect(markOf(env)).toBe(markOf({})));

test.each([
  [{ TINYSCHEDULER_BASE_PATH: '/other' }],
  [{ TINYSCHEDULER_STATE_DIR: '/other' }],
  [{ TINYSCHEDULER_AGENT_CONTROL_FILE: 'other.json' }],
  [{ TINYSCHEDULER_AGENT_LIMITS: 'ada:3' }],
  [{ TINYSCHEDULER_MCP_ENDPOINT: 'http://there:1' }],
  [{ TEMPORAL_ADDRESS: 'there:7233' }],
])('%j may change one', (env) => expect(markOf(env)).not.toBe(markOf({})));

test('a flag is as good as its variable', () => {
  expect(markOf({}, { maxAttempts: '5' })).toBe(markOf({ TINYSCHEDULER_MAX_ATTEMPTS: '5' }));
});

test('what was said on a command line is said again as arguments', async () => {
  const flags = {
    ...{ basePath: '/b c', maxAttempts: '5', dryRun: true, enabled: false, agentLimit: ['a=1', 'b=2'] },
    ...{ json: true, daemon: true },
  };
  const { arguments: said } = loadConfig({ env: {}, flags, cwd: '/', envFile: '/dev/null' });
  expect(said).toEqual(
    expect.arrayContaining(['--env-file=/dev/null', '--base-path=/b c', '--max-attempts=5', '--dry-run']),
  );
  expect(said).toEqual(expect.arrayContaining(['--no-enabled', '--agent-limit=a=1', '--agent-limit=b=2']));
  expect(said).toHaveLength(7);
  const kept = program().commands.find((each) => each.name() === 'internal-api');
  kept?.exitOverride();
  const { operands, unknown } = kept?.parseOptions(said) ?? {};
  expect([operands, unknown]).toEqual([[], []]);
});
