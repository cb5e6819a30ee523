import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildOnce } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const SCRIPT = fileURLToPath(new URL('../../fixtures/run-agent.mjs', import.meta.url));
const NOBODY = 65_534;
const AS_NOBODY = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];

/** The agent leaves a process that it has given to root, as sudo does; its worker is nobody. */
test.skipIf(!mayBecomeNobody())(
  'a run lasts as long as a process of it that cannot be killed',
  async () => {
    using folder = temporaryFolder();
    chownSync(folder.path, NOBODY, NOBODY);
    const raise = join(folder.path, 'raise');
    copyFileSync('/usr/bin/setpriv', raise);
    chmodSync(raise, 0o4755);
    const agent = join(folder.path, 'agent');
    const lines = ['#!/bin/sh', `${raise} --reuid 0 sleep 1000 & echo $! >pid`, 'sleep 0.3'];
    writeFileSync(agent, `${lines.join('\n')}\n`, { mode: 0o755 });

    const input = JSON.stringify({ build: await buildOnce(), folder: folder.path, agent });
    const worker = spawn('setpriv', [...AS_NOBODY, process.execPath, SCRIPT, input], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    worker.stdout.on('data', (data) => {
      said += data;
    });
    const ended = once(worker, 'exit');
    const noted = join(folder.path, 'pid');
    const pid = await eventually(
      'it has noted its process',
      () => existsSync(noted) && Number(readFileSync(noted, 'utf8')),
    );
    try {
      await eventually('it says that it has left it', () => said.startsWith('left '), 20_000);
      expect(said).toContain(`processes ${pid} of a goose run cannot be killed`);
      expect(said).not.toContain('ended');
      expect(worker.exitCode).toBeNull();
    } finally {
      process.kill(pid, 'SIGKILL');
    }
    await ended;
    expect(said.trim().split('\n').at(-1)).toMatch(/^ended /);
  },
  60_000,
);

/** Only root may, and nobody has to be able to read this folder. */
function mayBecomeNobody(): boolean {
  try {
    execFileSync('setpriv', [...AS_NOBODY, 'test', '-r', SCRIPT], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
