import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { allowed } from '../../support/allowed.ts';
import { mainForTests } from '../../support/daemon-process.ts';
import { eventually } from '../../support/eventually.ts';
import { AGES, stdioClient } from '../../support/tool-clients.ts';

let dir: string;
let env: Record<string, string>;
let main: string;
beforeAll(() => {
  main = mainForTests();
  dir = mkdtempSync(join(tmpdir(), 'mcp-'));
  // A server that nobody has, so that nothing on this machine is met; and a setting that is warned of.
  env = {
    ...{ PATH: process.env.PATH ?? '', HOME: dir, TINYSCHEDULER_BASE_PATH: dir },
    ...{ TEMPORAL_ADDRESS: '127.0.0.1:1', TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1' },
    TINYSCHEDULER_LOCK_FILE: 'x',
  };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const program = (...args: string[]) => ({
  command: process.execPath,
  args: [main, 'mcp', ...args],
  env,
  cwd: dir,
});

test.each(AGES)(
  'a client of %s: tools, and while Temporal is down a code and a next step within 2 s',
  async (age) => {
    const client = await stdioClient(age, program());
    onTestFinished(() => client.close());
    expect(await client.tools()).toHaveLength(11);
    for (const name of ['scheduler_get_status', 'scheduler_stop_daemon']) {
      const beganMs = performance.now();
      const { isError, facts } = await client.call(name);
      // A busy machine may take its time for all but the waiting.
      expect(performance.now() - beganMs).toBeLessThan(allowed(2_500));
      expect([isError, facts]).toMatchObject([
        true,
        {
          code: 'temporal-unreachable',
          facts: { address: '127.0.0.1:1' },
          next_step: expect.stringContaining('scheduler_daemon_status'),
        },
      ]);
    }
    expect((await client.call('scheduler_control', { action: 'fly' })).facts.code).toBe('bad-request');
  },
);

test('--read-only has five tools', async () => {
  const client = await stdioClient('2025', program('--read-only'));
  onTestFinished(() => client.close());
  expect(await client.tools()).toHaveLength(5);
  expect((await client.call('scheduler_add_task', { task_id: 'x' })).facts.code).toBe('scope-missing');
});

test('stdout has nothing but the protocol, whatever comes in, and the end of stdin ends it', async () => {
  const server = spawn(process.execPath, [main, 'mcp'], { cwd: dir, env });
  onTestFinished(() => void server.kill('SIGKILL'));
  let [said, complained] = ['', ''];
  server.stdout.on('data', (bytes) => (said += bytes));
  server.stderr.on('data', (bytes) => (complained += bytes));
  const send = (message: object) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
  send({ id: 1, method: 'initialize', params: client });
  server.stdin.write('no JSON at all\n\u001b[2J{"half":\n\n');
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: { name: 'scheduler_explain', arguments: { task_id: '1' } } });
  send({ id: 3, method: 'nothing/like/that' });
  await eventually(
    'all are answered',
    async () => [1, 2, 3].every((id) => said.includes(`"id":${id}`)) || undefined,
  );
  const exit = once(server, 'exit');
  server.stdin.end();
  expect(await exit).toEqual([0, null]);
  const lines = said.trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { jsonrpc: string }).jsonrpc)).toEqual([
    '2.0',
    '2.0',
    '2.0',
  ]);
  expect(complained).toContain('TINYSCHEDULER_LOCK_FILE');
});

test.each([
  ['its pipe ends', "['pipe', 'pipe', 'ignore']"],
  ['somebody else holds the pipe', "['inherit', 'pipe', 'ignore']"],
])('it ends when its parent was killed and %s', async (_, stdio) => {
  const script = join(dir, 'parent.cjs');
  writeFileSync(
    script,
    `const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(main)}, 'mcp'], { stdio: ${stdio} });
     console.log(child.pid);
     child.stdout.once('data', () => console.log('answers'));
     child.stdin?.write(process.argv[2] + '\\n');`,
  );
  const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const parent = spawn(process.execPath, [script, ping], { cwd: dir, env });
  let said = '';
  parent.stdout.on('data', (bytes) => (said += bytes));
  parent.stdin.write(`${ping}\n`);
  onTestFinished(() => void parent.kill('SIGKILL'));
  await eventually('it answers', async () => said.includes('answers') || undefined);
  const pid = Number(said.split('\n')[0]);
  onTestFinished(() => {
    if (lives(pid)) process.kill(pid, 'SIGKILL');
  });
  expect(lives(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually('it is gone', async () => !lives(pid) || undefined);
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
