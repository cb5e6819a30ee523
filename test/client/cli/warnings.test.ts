import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../../support/command.ts';
import { mainForTests } from '../../support/daemon-process.ts';
import { eventually } from '../../support/eventually.ts';
import { gooseForTests, temporalCliForTests } from '../../support/tools.ts';

let cwd: string;
let env: Record<string, string>;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'warnings-'));
  writeFileSync(join(cwd, '.env'), 'some words\nTINYSCHEDULER_ENABLD=false\n');
  env = {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    TEMPORAL_CLI: await temporalCliForTests(),
    TINYSCHEDULER_GOOSE_BIN: await gooseForTests(),
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1',
    TINYSCHEDULER_API_PORT: '0',
    TINYSCHEDULER_METRICS_PORT: '0',
  };
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const times = (text: string, what: string) => text.split(what).length - 1;
const LOST = 'line 1 sets nothing: ';
const MISSPELT = 'TINYSCHEDULER_ENABLD is not a setting of TinyScheduler';

test('every command says once what is lost and what is misspelt', async () => {
  const commands = [
    ...[['status'], ['explain', '1'], ['pause'], ['resume'], ['drain'], ['run-now'], ['retry', '1']],
    ...[
      ['cancel', '1'],
      ['add', 'x'],
      ['config', '--show'],
      ['config', '--show', '--json'],
    ],
    ...[
      ['validate-config'],
      ['run', '--dry-run'],
      ['run', '--dry-run', '--json'],
      ['run'],
      ['temporal', '--version'],
    ],
  ];
  for (let at = 0; at < commands.length; at += 4) {
    await Promise.all(
      commands.slice(at, at + 4).map(async (args) => {
        const { code, stdout, stderr } = await command(args, { cwd, env });
        const all = args[0] === 'validate-config' ? stdout : stderr;
        expect([args, times(all, LOST), times(all, MISSPELT)]).toEqual([args, 1, 1]);
        expect([args, times(stdout + stderr, LOST)]).toEqual([args, 1]);
        if (args.includes('--json') && code === 0) expect(() => JSON.parse(stdout)).not.toThrow();
      }),
    );
  }
});

test.each([['run', '--daemon'], ['worker'], ['start']])('so does what serves: %s %s', async (...args) => {
  const child = spawn(process.execPath, ['--', mainForTests(), ...args.filter(Boolean)], { cwd, env });
  const output = kept(child);
  try {
    await eventually('it is said', async () => output().includes(MISSPELT), 30_000);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  expect([times(output(), LOST), times(output(), MISSPELT)]).toEqual([1, 1]);
});

test('`temporal` passes on its arguments, its surroundings, signals and the way it ends', async () => {
  const cli = join(cwd, 'cli.sh');
  writeFileSync(
    cli,
    '#!/bin/sh\ntrap "exit 9" INT\necho "$TEMPORAL_ADDRESS $TEMPORAL_NAMESPACE $TEMPORAL_API_KEY $*"\n[ "$1" = wait ] || exit 7\nwhile kill -0 $PPID 2>/dev/null; do sleep 0.05; done\n',
    { mode: 0o755 },
  );
  writeFileSync(join(cwd, 'secret.env'), 'TEMPORAL_NAMESPACE=ours\nTEMPORAL_API_KEY=hunter2\n');
  const surroundings = { ...env, TEMPORAL_CLI: cli };
  const args = [
    '--env-file',
    'secret.env',
    'temporal',
    'workflow',
    'list',
    '--help',
    '--env-file',
    'x',
    '-q',
    'a b',
  ];
  expect(await command(args, { cwd, env: surroundings })).toEqual({
    code: 7,
    stdout: '127.0.0.1:1 ours hunter2 workflow list --help --env-file x -q a b\n',
    stderr: '',
  });

  for (const [signal, code] of [
    ['SIGINT', 9],
    ['SIGTERM', 143],
  ] as const) {
    const child = spawn(
      process.execPath,
      ['--', mainForTests(), '--env-file', 'secret.env', 'temporal', 'wait'],
      {
        cwd,
        env: surroundings,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    await once(child.stdout, 'data');
    child.kill(signal);
    expect((await once(child, 'exit'))[0]).toBe(code);
  }
});

function kept(child: ChildProcess): () => string {
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => output;
}
