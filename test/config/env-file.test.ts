import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'env-file-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function withFile(text: string, env: Record<string, string> = {}) {
  writeFileSync(join(cwd, '.env'), text);
  return loadConfig({ env, cwd });
}

test.each([
  [`TINYSCHEDULER_AGENT_LIMITS='{"a": 1}'`, { a: 1 }],
  ['TINYSCHEDULER_AGENT_LIMITS={"a": 1, "b": 2}', { a: 1, b: 2 }],
  ['export TINYSCHEDULER_AGENT_LIMITS=a:3 # three', { a: 3 }],
  ['\uFEFFTINYSCHEDULER_AGENT_LIMITS=a:4\r\n', { a: 4 }],
  ['# TINYSCHEDULER_AGENT_LIMITS=a:5', {}],
])('%j', (text, limits) => {
  expect(withFile(text).config.agentLimits).toEqual(limits);
});

test('other variables of the file are environment for goose and Temporal, below the real one', () => {
  const { environment, warnings } = withFile('GOOSE_PROVIDER=openai\nTEMPORAL_ADDRESS=a:1\n', {
    TEMPORAL_ADDRESS: 'b:2',
  });
  expect(environment).toMatchObject({ GOOSE_PROVIDER: 'openai', TEMPORAL_ADDRESS: 'b:2' });
  expect(warnings).toEqual([]);
});

test('a bad value is told with its file and line', () => {
  expect(() => withFile('A=1\n\nTINYSCHEDULER_MAX_ATTEMPTS=many\n')).toThrow(
    `TINYSCHEDULER_MAX_ATTEMPTS is "many" (from ${join(cwd, '.env')} line 3): must be a whole number`,
  );
});

test('a named file is relative to the current directory and takes the place of .env', () => {
  writeFileSync(join(cwd, '.env'), 'TINYSCHEDULER_MAX_ATTEMPTS=5');
  writeFileSync(join(cwd, 'mine.env'), 'TINYSCHEDULER_RUNS_PER_HOST=4');
  const { config } = loadConfig({ env: {}, cwd, envFile: 'mine.env' });
  expect([config.maxAttempts, config.runsPerHost]).toEqual([3, 4]);
});

test('a named file that is missing, or is a directory, is an error that names it', () => {
  const load = (envFile: string) => () => loadConfig({ env: {}, cwd, envFile });
  expect(load('no.env')).toThrow(
    `The env file "${join(cwd, 'no.env')}" does not exist; name another one with --env-file.`,
  );
  mkdirSync(join(cwd, 'dir'));
  expect(load('dir')).toThrow(ConfigError);
  expect(load('dir')).toThrow(/The env file ".*dir" cannot be read \(EISDIR/);
});

test('no .env, or a directory of that name, is nothing special', () => {
  expect(() => loadConfig({ env: {}, cwd })).not.toThrow();
  mkdirSync(join(cwd, '.env'));
  expect(() => loadConfig({ env: {}, cwd })).not.toThrow();
});

test.each([
  ['TINYSCHEDULER_AGENT_LIMIT=a:1', 'did you mean TINYSCHEDULER_AGENT_LIMITS?'],
  ['TINYSCHEDULER_LOOP_INTERVALL_SEC=1', 'did you mean TINYSCHEDULER_LOOP_INTERVAL_SEC?'],
  ['TINYSCHEDULER_HAERTBEAT_SEC=1', 'did you mean TINYSCHEDULER_HEARTBEAT_SEC?'],
  ['TINYSCHEDULER_XYZZY=1', 'see `tinyscheduler config --show` for the settings there are.'],
])('a name that is no setting is a warning: %s', (text, hint) => {
  const [variable] = text.split('=');
  expect(withFile(text).warnings).toEqual([
    `${variable} is not a setting of TinyScheduler and has no effect; ${hint}`,
  ]);
});

test('settings of the Python version that mean nothing now are accepted and said to be unused', () => {
  const { warnings } = withFile('TINYSCHEDULER_LOCK_FILE=state/lock\nTINYSCHEDULER_BIN_DIR=bin\n');
  expect(warnings).toEqual([
    expect.stringMatching(/^TINYSCHEDULER_BIN_DIR \(from .*\.env line 2\) has no effect: goose is started/),
    expect.stringMatching(/^TINYSCHEDULER_LOCK_FILE \(from .*\.env line 1\) has no effect: Temporal allows/),
  ]);
});
