import { expect, test } from 'vitest';
import { extensionNameOf, gooseCommand, gooseEnvironment } from '../../../goose/start/command-line.ts';

const INPUT = {
  bin: '/opt/goose',
  recipePath: '/r/vaela.yaml',
  taskId: 42,
  agent: 'vaela',
  queue: 'dev',
  attempt: 2,
  basePath: '/srv/a = b',
};

test('the command line of a run', () => {
  const { file, args } = gooseCommand({ ...INPUT, tinytaskMcpUrl: 'http://127.0.0.1:3300/mcp' });
  expect(file).toBe('/opt/goose');
  expect(args).toEqual([
    'run',
    ...['--recipe', '/r/vaela.yaml'],
    ...['--params', 'task_id=42', '--params', 'agent=vaela', '--params', 'queue=dev'],
    ...['--params', 'attempt=2', '--params', 'base_path=/srv/a = b'],
    ...['--no-session', '--output-format', 'stream-json'],
    ...['--with-streamable-http-extension', 'http://127.0.0.1:3300/mcp'],
  ]);
});

test('without our TinyTask and without a queue', () => {
  const { args } = gooseCommand({ ...INPUT, queue: null });
  expect(args).not.toContain('--with-streamable-http-extension');
  expect(args).toContain('queue=');
});

test('the environment keeps what goose needs and nothing of ours', () => {
  const base = {
    PATH: '/bin',
    OPENAI_API_KEY: 'theirs',
    TEMPORAL_API_KEY: 'x',
    TEMPORAL_ADDRESS: 'x',
    TINYSCHEDULER_API_TOKEN: 'x',
    TINYSCHEDULER_RUN_TOKEN: 'of an outer run',
    TINYSCHEDULER_LOG_DIR: '/logs',
    NOTHING: undefined,
  };
  expect(gooseEnvironment(base, 't')).toEqual({
    GOOSE_MODE: 'auto',
    PATH: '/bin',
    OPENAI_API_KEY: 'theirs',
    TINYSCHEDULER_LOG_DIR: '/logs',
    TINYSCHEDULER_RUN_TOKEN: 't',
  });
  expect(gooseEnvironment({ GOOSE_MODE: 'approve' }, 't').GOOSE_MODE).toBe('approve');
});

test('an agent that names its variables gets these and what every program needs', () => {
  const needed = {
    ...{ PATH: '/bin', HOME: '/h', LC_ALL: 'C', XDG_DATA_HOME: '/d', https_proxy: 'p', SSL_CERT_FILE: '/c' },
    ...{ GOOSE_MODEL: 'm', GOOSE_MODE: 'auto' },
  };
  const others = {
    ...{ OPENAI_API_KEY: 'x', ANTHROPIC_API_KEY: 'y', AWS_PROFILE: 'z', HOMEBREW: 'h', XPATH: 'p' },
    ...{ TINYSCHEDULER_LOG_DIR: '/logs', TEMPORAL_API_KEY: 't', TINYSCHEDULER_RUN_TOKEN: 'outer' },
  };
  const get = (names: string[]) => gooseEnvironment({ ...needed, ...others }, 't', 'o', names);
  const marks = { TINYSCHEDULER_RUN_TOKEN: 't', TINYSCHEDULER_RUN_OWNER: 'o' };
  expect(get([])).toEqual({ ...needed, ...marks });
  expect(get(['OPENAI_API_KEY', 'NONE'])).toEqual({ ...needed, ...marks, OPENAI_API_KEY: 'x' });
  // The file's reader refuses it, and should it come from elsewhere it is not passed either.
  expect(get(['TEMPORAL_API_KEY', 'TINYSCHEDULER_RUN_TOKEN'])).toEqual({ ...needed, ...marks });
});

test('a launch prefix stands before goose and all of its arguments', () => {
  const plain = gooseCommand(INPUT);
  expect(plain).not.toHaveProperty('launcher');
  expect(gooseCommand({ ...INPUT, launchPrefix: [] })).toEqual(plain);
  expect(gooseCommand({ ...INPUT, launchPrefix: ['/usr/bin/nice', '-n', '10'] })).toEqual({
    file: '/usr/bin/nice',
    args: ['-n', '10', '/opt/goose', ...plain.args],
    launcher: 'nice',
  });
});

test('an extension is called after its address', () => {
  expect(extensionNameOf('http://127.0.0.1:3300/mcp')).toBe('127_0_0_1_3300_mcp');
});
