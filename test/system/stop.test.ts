import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readEmbeddedState } from '../../embedded/presence/state-file.ts';
import { identify } from '../../os/process-identity.mjs';
import { eventually } from '../support/eventually.ts';
import { buildForPlaces, type Ended, endOf, type Place, placeOf, type Started } from '../support/starting.ts';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const START = fileURLToPath(new URL('../fixtures/on-free-ports.mjs', import.meta.url));
/** No TinyTask of this machine is theirs. */
const ALONE = { TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:9' };

vi.setConfig({ maxConcurrency: 2 });
beforeAll(buildForPlaces, 1_800_000);

async function stop(place: Place, ...args: string[]): Promise<Ended> {
  return await endOf(place.command('stop', ...args));
}

const commands = (place: Place) => place.processes().map(({ command }) => command);
const pidOf = (place: Place, part: string) =>
  eventually(part, async () => place.processes().find(({ command }) => command.includes(part))?.pid);

async function serving(place: Place): Promise<Started> {
  const daemon = place.start('daemon', ALONE);
  await daemon.printed('Serving as');
  return daemon;
}

describe.concurrent('stop', () => {
  test('says so where nothing runs, and where nothing ever ran', async (context) => {
    const place = await placeOf(context);
    expect(await stop(place)).toEqual({ code: 0, output: 'Nothing runs here.\n' });
    mkdirSync(place.stateDir);
    expect(await stop(place)).toEqual({ code: 0, output: 'Nothing runs here.\n' });
  });

  test('ends daemons, and what killed processes have left', async (context) => {
    const place = await placeOf(context);
    const first = await serving(place);
    const second = await serving(place);
    const server = await pidOf(place, 'start-dev');
    // All that could notice the end of the first is killed with it.
    for (const { pid, command } of place.processes()) {
      if (!command.includes('start-dev') && pid !== second.pid) process.kill(pid, 'SIGKILL');
    }
    await first.ended;
    const { code, output } = await stop(place);
    expect(commands(place)).toEqual([]);
    expect(code, output).toBe(0);
    expect(output).toContain(`Ended \`run --daemon\` (process ${second.pid}).`);
    expect(output).toContain(`Ended the Temporal server (process ${server}).`);
  });

  test('ends a server of which all others were killed', async (context) => {
    const place = await placeOf(context);
    await serving(place);
    const server = await pidOf(place, 'start-dev');
    for (const { pid, command } of place.processes())
      if (!command.includes('start-dev')) process.kill(pid, 'SIGKILL');
    expect(await stop(place)).toEqual({
      code: 0,
      output: `Ended the Temporal server (process ${server}).\n`,
    });
    expect(commands(place)).toEqual([]);
  });

  test('kills what hangs, after the time-out, and says so', async (context) => {
    const place = await placeOf(context);
    const daemon = await serving(place);
    process.kill(daemon.pid, 'SIGSTOP');
    const { code, output } = await stop(place, '--timeout', '1');
    expect(code, output).toBe(0);
    expect(output).toContain(`Killed \`run --daemon\` (process ${daemon.pid}): it did not end within 1 s.`);
    expect(await daemon.ended).toBe('SIGKILL');
    await eventually('nothing is left', async () => commands(place).length === 0, 5_000);
  });

  test('leaves alone what is not ours, and ids that are another process by now', async (context) => {
    const place = await placeOf(context);
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
    const identity = identify(bystander.pid ?? -1);
    try {
      mkdirSync(join(place.stateDir, 'present'), { recursive: true });
      const earlier = { pid: identity?.pid, startTime: '1@before' };
      const record = { ...earlier, role: 'daemon', host: hostname() };
      writeFileSync(join(place.stateDir, 'present/1.json'), JSON.stringify(record));
      // Of another host in a shared folder.
      const elsewhere = { ...identity, role: 'daemon', host: 'another-host' };
      writeFileSync(join(place.stateDir, 'present/2.json'), JSON.stringify(elsewhere));
      const entry = { ...earlier, address: '127.0.0.1:1', uiUrl: 'http://127.0.0.1:2' };
      const state = { temporal: entry, supervisor: earlier };
      writeFileSync(join(place.stateDir, 'embedded.json'), JSON.stringify(state));
      const daemon = await serving(await placeOf(context));
      expect(await stop(place)).toEqual({ code: 0, output: 'Nothing runs here.\n' });
      expect(daemon.child.exitCode).toBe(null);
      expect(bystander.exitCode).toBe(null);
      daemon.child.kill('SIGTERM');
      expect(await daemon.ended).toBe(0);
    } finally {
      bystander.kill('SIGKILL');
    }
  });
});

// One at a time: what it starts keeps the machine busy, and its agents are soon done.
describe('stop', () => {
  test('ends an `npm start`, agents first, and names what it ended', async (context) => {
    const place = await placeOf(context);
    const started = place.start();
    await started.printed(/task \d ".*" running on /);
    const { temporal, tinytask } = readEmbeddedState(place.stateDir);
    const { code, output } = await stop(place);
    expect(commands(place)).toEqual([]);
    expect(await started.ended).toBe(0);
    expect(started.output()).toMatch(/agents? (is|are) stopped first/);
    expect(code, output).toBe(0);
    expect(output).toContain(`Ended \`start\` (process ${started.pid}).`);
    expect(output).toContain(`Ended the Temporal server (process ${temporal?.pid}).`);
    expect(output).toContain(`Ended TinyTask (process ${tinytask?.pid}).`);
  });

  test('after a SIGKILL of `npm start` ends the rest, also twice at once and from another folder', async (context) => {
    const place = await placeOf(context);
    const started = place.start();
    await started.printed(/task \d ".*" running on /);
    process.kill(started.pid, 'SIGKILL');
    const { TINYSCHEDULER_BASE_PATH: _, ...env } = place.env;
    const elsewhere = () =>
      execa(process.execPath, [join(DIST, 'client/cli/main.js'), '--base-path', place.dir, 'stop'], {
        ...{ cwd: '/', env, extendEnv: false, reject: false },
      });
    const both = await Promise.all([elsewhere(), elsewhere()]);
    expect(
      both.map(({ exitCode }) => exitCode),
      both.map(({ stderr }) => stderr).join(),
    ).toEqual([0, 0]);
    // What the killed one has left to watch over this ends when it sees that there is nothing more to do.
    await eventually('nothing is left', async () => commands(place).length === 0, 10_000);
    expect(await stop(place)).toEqual({ code: 0, output: 'Nothing runs here.\n' });
  });
});

describe('npm start, of which npm is ended', () => {
  test.for(['SIGTERM', 'SIGKILL'] as const)('by %s, ends in order', async (signal, context) => {
    const place = await placeOf(context);
    const script = `'${process.execPath}' '${START}' '${DIST}' start`;
    const manifest = { name: 'x', version: '1.0.0', scripts: { start: script } };
    writeFileSync(join(place.dir, 'package.json'), JSON.stringify(manifest));
    const npm = place.program('npm', 'start');
    await npm.printed(/task \d ".*" running on /);
    expect(npm.output()).toContain('> x@1.0.0 start');
    npm.child.kill(signal);
    await npm.printed('Everything is down', 15_000, 'also when it has ended');
    expect(npm.output()).toMatch(/agents? (is|are) stopped first/);
    await eventually('nothing is left', async () => commands(place).length === 0, 5_000);
  });

  test('but not without npm, of which only the shell is ended', async (context) => {
    const place = await placeOf(context);
    const command = `'${process.execPath}' '${START}' '${DIST}' daemon & sleep 60`;
    const shell = place.program('sh', '-c', command);
    await shell.printed('Serving as');
    shell.child.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const daemon = await pidOf(place, 'on-free-ports.mjs');
    expect((await stop(place)).output).toContain(`Ended \`run --daemon\` (process ${daemon}).`);
  });
});

test.concurrent('a log that is a symbolic link is not written through', {
  timeout: 120_000,
}, async (context) => {
  const place = await placeOf(context);
  mkdirSync(join(place.stateDir, 'logs'), { recursive: true });
  for (const log of ['temporal-server.log', 'tinytask.log', 'daemon.log']) {
    const victim = join(place.dir, 'victim');
    writeFileSync(victim, 'mine\n');
    const path = join(place.stateDir, 'logs', log);
    symlinkSync(victim, path);
    const { code, output } = await endOf(place.start());
    expect(code, output).toBe(1);
    expect(output).toContain(`The log ${path} is a symbolic link`);
    expect(readFileSync(victim, 'utf8')).toBe('mine\n');
    rmSync(path);
  }
});
