import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, type TestContext, test, vi } from 'vitest';
import { entry, piped, tinyscheduler } from '../../support/command-line.ts';
import { embeddedTinyTask } from '../../support/tinytask.ts';
import { gooseForTests } from '../../support/tools.ts';

// Many processes, on a machine that may have other things to do.
vi.setConfig({ maxConcurrency: 3 });

/** A folder of its own for each test, and no server of this machine. */
function place({ onTestFinished }: TestContext): { env: Record<string, string>; cwd: string } {
  const dir = mkdtempSync(join(tmpdir(), 'pipes-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH ?? '', HOME: dir, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  return { env: { ...env, TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1' }, cwd: dir };
}

describe.concurrent('an answer that nobody reads to its end', () => {
  test.for([
    '--help',
    'config --show',
    'config --show --json',
    'validate-config',
    'run --once --dry-run --json',
  ])(
    '%s | true: no word about it, and the exit code says what became of the command',
    { timeout: 90_000 },
    async (command, context) => {
      const at = place(context);
      const { endpoint } = await embeddedTinyTask({
        whenDone: (end) => context.onTestFinished(async () => void (await end())),
      });
      at.env.TINYSCHEDULER_MCP_ENDPOINT = endpoint;
      const args = command.split(' ');
      // A server that is named has to be there; without one a pass would bring up its own, and a dry one says so.
      if (args.includes('--dry-run')) delete at.env.TEMPORAL_ADDRESS;
      const read = await tinyscheduler(at, ...args);
      expect(read.stdout).not.toBe('');
      expect(await piped(at, 'true', ...args)).toEqual({ code: read.code, stdout: '', stderr: read.stderr });
    },
  );

  test('config --show | head -1: what was read is whole', async (context) => {
    const at = place(context);
    const { stdout } = await tinyscheduler(at, 'config', '--show');
    const read = await piped(at, 'head -1', 'config', '--show');
    expect(read).toEqual({ code: 0, stdout: stdout.slice(0, stdout.indexOf('\n') + 1), stderr: '' });
  });

  test('an answer that does not fit on the disk is told, with exit code 1', {
    timeout: 60_000,
  }, async (context) => {
    const at = place(context);
    const { code, stderr } = await piped(at, 'cat; "$@" > /dev/full', 'config', '--show');
    expect(stderr).toBe(
      'tinyscheduler: the answer could not be written: ENOSPC: no space left on device, write\n',
    );
    expect(code).toBe(1);
  });

  test('a worker whose log nobody reads any more goes on, and stops in order', {
    timeout: 120_000,
  }, async (context) => {
    const at = place(context);
    const { onTestFinished, expect } = context;
    // Each try to reach Temporal is one connection, and one line of the log.
    let tries = 0;
    const server = createServer((socket) => {
      tries += 1;
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const env = {
      ...at.env,
      TEMPORAL_ADDRESS: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      TINYSCHEDULER_GOOSE_BIN: await gooseForTests(),
      TINYSCHEDULER_BASE_PATH: at.cwd,
    };
    const child = spawn(process.execPath, [await entry(), 'worker'], {
      cwd: at.cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    await once(child.stderr, 'data');
    child.stdout.destroy();
    child.stderr.destroy();
    await expect.poll(() => tries, { timeout: 60_000 }).toBeGreaterThan(0);
    const before = tries;
    await expect.poll(() => tries, { timeout: 60_000, interval: 200 }).toBeGreaterThan(before + 3);
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
