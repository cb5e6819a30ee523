import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

test(`what \${…} stands for is not repeated in messages`, () => {
  const load = () => withFile(`KEY=hunter2\nTINYSCHEDULER_MAX_ATTEMPTS=\${KEY}\n`);
  expect(load).toThrow(`TINYSCHEDULER_MAX_ATTEMPTS is "\${KEY}" (from ${join(cwd, '.env')} line 2): must be`);
  expect(load).not.toThrow(/hunter2/);
});

test('lines after a blank one with spaces count, and so do those after a line that is lost', () => {
  for (const between of [' ', '\t', 'word', '[section]', 'NAME: value', 'set NAME=value']) {
    const { config } = withFile(`A=3\n${between}\nTINYSCHEDULER_ENABLED=false\n`);
    expect([between, config.enabled]).toEqual([between, false]);
  }
});

const SECRET = 'hunter2';
test.each([
  ['A=1\nhunter2', 'line 2 sets nothing: there is no "=" in it.'],
  ['\n\n[hunter2]\nB=1', 'line 3 sets nothing: an env file has no sections; put a "#" before it.'],
  ['KEY: hunter2', 'line 1 sets nothing: write NAME=value, with "=" instead of ":".'],
  ['set KEY=hunter2', 'line 1 sets nothing: write NAME=value, without "set".'],
  ['SETX KEY hunter2', 'line 1 sets nothing: write NAME=value, without "set".'],
  ['hunter2 and=more', 'line 1 sets nothing: it is not of the form NAME=value.'],
  ["'KEY=hunter2", 'line 1 sets nothing: it is not of the form NAME=value.'],
  ['=hunter2', 'line 1 sets nothing: it is not of the form NAME=value.'],
  ['KEY', 'line 1 sets nothing: there is no "=" in it.'],
  [
    'TINYSCHEDULER_ENABLED: false',
    'line 1 sets nothing, not TINYSCHEDULER_ENABLED either: write NAME=value, with "=" instead of ":".',
  ],
  [
    'set TINYSCHEDULER_ENABLED=hunter2',
    'line 1 sets nothing, not TINYSCHEDULER_ENABLED either: write NAME=value, without "set".',
  ],
  [
    '$env:KEY=hunter2',
    'line 1 sets something whose name is no name of a variable: letters, digits and "_", and no digit first.',
  ],
  [
    'A="hunter2\nTINYSCHEDULER_ENABLED=false\nB="\nC=1',
    'line 2 sets nothing: it belongs to the value in quotes that begins in line 1 and ends in line 3; is a quote missing there?',
  ],
  [
    `A=1\nB=\${hunter2}/x`,
    `line 2 has a \${…} whose variable is not set, so nothing stands in its place; set it above, or write \${NAME:-default}.`,
  ],
])('a line that does not do what it looks like is named, and not quoted: %j', (text, warning) => {
  const { warnings } = withFile(text);
  expect(warnings).toEqual([`${join(cwd, '.env')} ${warning}`]);
  expect(warnings.join()).not.toContain(SECRET);
});

test.each([`A=\${B:-}\n# note\n\n \nexport  C=1`, 'KEY="-----BEGIN KEY-----\nabc==\n-----END KEY-----"'])(
  'nothing is said of %j',
  (text) => {
    expect(withFile(text).warnings).toEqual([]);
  },
);

const quoted = (quote: string, where = '') =>
  `that begins with ${quote} and has no ${quote} at its end, or goes on behind it${where}; close the quote, and write \\${quote} for one within the value.`;
const big = Buffer.alloc(1024 * 1024 + 1, 'A=1\n');
test.each<[string, string | Buffer, string]>([
  ['an open quote', 'A=1\nB="hunter2\nC=3', `has a value in line 2 ${quoted('"')}`],
  ['an open single quote', "B='hunter2\nC=3", `has a value in line 1 ${quoted("'")}`],
  ['text behind a quote', 'B="{"a":1}"', `has a value in line 1 ${quoted('"')}`],
  ['a quote that meets another', 'B="hunter2\nC="3"', `has a value in line 1 ${quoted('"', ' in line 2')}`],
  [
    'UTF-16',
    Buffer.from('\uFEFFA=1\n', 'utf16le'),
    'is UTF-16 text; save it as UTF-8, for example with `iconv -f UTF-16 -t UTF-8`.',
  ],
  ['UTF-16, high byte first', Buffer.from('\uFEFFA=1', 'utf16le').swap16(), 'is UTF-16 text; '],
  ['UTF-16 without a mark', Buffer.from('A=1\nB=2\n', 'utf16le'), 'is UTF-16 text; '],
  [
    'a NUL',
    'A=1\nB=\0',
    'has a NUL character in line 2, so it is not a text; name the right file with --env-file.',
  ],
  ['Latin-1', Buffer.from('A=1\nB=\xfc\n', 'latin1'), 'is not UTF-8 text (line 2); save it as UTF-8.'],
  ['more than 1 MB', big, 'has more than 1048576 bytes; name the right file with --env-file.'],
])('a file that cannot be meant is refused: %s', (_, content, reason) => {
  const envFile = join(cwd, 'mine.env');
  writeFileSync(envFile, content);
  const load = () => loadConfig({ env: {}, cwd, envFile });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(`The env file ${JSON.stringify(envFile)} ${reason}`);
  expect(load).not.toThrow(/hunter2/);
});

test('a device without an end is not read to its end', () => {
  expect(() => loadConfig({ env: {}, cwd, envFile: '/dev/zero' })).toThrow(/has more than 1048576 bytes/);
});

describe('.env of another base path', () => {
  const unread = () => [
    `${JSON.stringify(join(cwd, 'project/.env'))} is there and is not read: only .env in the current directory is; name it with --env-file.`,
  ];
  beforeEach(() => {
    mkdirSync(join(cwd, 'project'));
    writeFileSync(join(cwd, 'project/.env'), 'TINYSCHEDULER_MAX_ATTEMPTS=7');
  });

  test('is not read, and that is said', () => {
    const byFlag = loadConfig({ env: {}, cwd, flags: { basePath: 'project' } });
    const byVariable = loadConfig({ env: { TINYSCHEDULER_BASE_PATH: 'project' }, cwd });
    const byFile = withFile('TINYSCHEDULER_BASE_PATH=project');
    for (const { config, warnings } of [byFlag, byVariable, byFile]) {
      expect([config.maxAttempts, warnings]).toEqual([3, unread()]);
    }
  });

  test('nothing is said where a file is named, or the base path is the current directory', () => {
    const envFile = 'project/.env';
    expect(loadConfig({ env: {}, cwd, envFile, flags: { basePath: 'project' } }).warnings).toEqual([]);
    expect(loadConfig({ env: {}, cwd: join(cwd, 'project') }).warnings).toEqual([]);
  });
});

test.each([
  ['TINYSCHEDULER_AGENT_LIMIT=a:1', 'did you mean TINYSCHEDULER_AGENT_LIMITS?'],
  ['TINYSCHEDULER_LOOP_INTERVALL_SEC=1', 'did you mean TINYSCHEDULER_LOOP_INTERVAL_SEC?'],
  ['TINYSCHEDULER_HAERTBEAT_SEC=1', 'did you mean TINYSCHEDULER_HEARTBEAT_SEC?'],
  ['TINYSHEDULER_ENABLED=no', 'did you mean TINYSCHEDULER_ENABLED?'],
  ['tinyscheduler_enabled=no', 'did you mean TINYSCHEDULER_ENABLED?'],
  ['TINYSCHEDULER_XYZZY=1', 'see `tinyscheduler config --show` for the settings there are.'],
])('a name that is no setting is a warning: %s', (text, hint) => {
  const [variable] = text.split('=');
  expect(withFile(text).warnings).toEqual([
    `${variable} is not a setting of TinyScheduler and has no effect; ${hint}`,
  ]);
});

test('nothing is said of what our own processes tell each other', () => {
  const env = { TINYSCHEDULER_RUN_TOKEN: 'a', TINYSCHEDULER_RUN_OWNER: 'b', TINYSCHEDULER_CACHE_DIR: '/c' };
  expect(loadConfig({ env, cwd }).warnings).toEqual([]);
});

test('settings of the Python version that mean nothing now are accepted and said to be unused', () => {
  const { warnings } = withFile('TINYSCHEDULER_LOCK_FILE=state/lock\nTINYSCHEDULER_TASK_CACHE_DIR=cache\n');
  expect(warnings).toEqual([
    expect.stringMatching(
      /^TINYSCHEDULER_TASK_CACHE_DIR \(from .*\.env line 2\) has no effect: tasks are read/,
    ),
    expect.stringMatching(/^TINYSCHEDULER_LOCK_FILE \(from .*\.env line 1\) has no effect: Temporal allows/),
  ]);
});
