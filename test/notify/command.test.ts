import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runNotifyCommand } from '../../notify/command.ts';
import { testMessage } from '../../notify/message.ts';
import { eventually } from '../support/eventually.ts';

const MESSAGE = testMessage('s-1', 0, undefined);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'notify-'));
  for (const name of ['bin', 'running']) mkdirSync(join(dir, name));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function command(name: string, script?: string) {
  if (script !== undefined) {
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(dir, 'bin', name), 0o755);
  }
  const env = { PATH: process.env.PATH, HOME: dir, OPENAI_API_KEY: 'S3CRET', TINYSCHEDULER_NOTIFY: 'x' };
  return { binDir: join(dir, 'bin'), name, cwd: dir, runningDir: join(dir, 'running'), env };
}

test('it gets the message as its input, and hardly an environment', async () => {
  const tell = command('tell', 'cat >message.json; env >environment; echo said; exit 0');
  expect(await runNotifyCommand(tell, MESSAGE)).toBe('delivered');
  expect(JSON.parse(readFileSync(join(dir, 'message.json'), 'utf8'))).toEqual(MESSAGE);
  const names = readFileSync(join(dir, 'environment'), 'utf8').match(/^[A-Z_]+(?==)/gm) ?? [];
  // What a shell sets itself.
  const own = ['PWD', 'OLDPWD', 'SHLVL', '_'];
  expect(names.filter((name) => !own.includes(name)).sort()).toEqual([
    ...['HOME', 'PATH', 'TINYSCHEDULER_RUN_OWNER', 'TINYSCHEDULER_RUN_TOKEN'],
  ]);
});

test('one that does not read its input is as good', async () => {
  expect(await runNotifyCommand(command('deaf', 'exec 0<&-; sleep 0.1'), MESSAGE)).toBe('delivered');
});

test('one that fails is told by its last line', async () => {
  let last = '';
  const onLastLine = (line: string) => {
    last = line;
  };
  const failing = command('fails', 'echo first; printf "no \\033[31mroute\\n" >&2; exit 3');
  const answer = await runNotifyCommand(failing, MESSAGE, { onLastLine });
  expect(answer).toEqual({ why: 'command-failed', exitCode: 3 });
  expect(last).toBe('no route');
});

test('one that takes too long is ended, with all that it has started', async () => {
  const slow = command('slow', '(while :; do touch alive; sleep 0.05; done) & sleep 60');
  const answer = await runNotifyCommand(slow, MESSAGE, { withinMs: 500 });
  expect(answer).toEqual({ why: 'command-too-slow', afterMs: 500 });
  await rm(join(dir, 'alive'), { force: true });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(existsSync(join(dir, 'alive'))).toBe(false);
});

test('what it leaves in the background is ended with it', async () => {
  const leaves = command('leaves', '(while :; do touch alive; sleep 0.05; done) >/dev/null 2>&1 & exit 0');
  expect(await runNotifyCommand(leaves, MESSAGE)).toBe('delivered');
  await eventually('nobody touches it any more', async () => {
    await rm(join(dir, 'alive'), { force: true });
    await new Promise((resolve) => setTimeout(resolve, 200));
    return !existsSync(join(dir, 'alive'));
  });
});

test('only a program inside BIN_DIR is run', async () => {
  writeFileSync(join(dir, 'outside'), '#!/bin/sh\ntouch ran\n', { mode: 0o755 });
  symlinkSync(join(dir, 'outside'), join(dir, 'bin', 'link'));
  writeFileSync(join(dir, 'bin', 'plain'), 'text', { mode: 0o644 });
  const unfit = async (name: string) => {
    const answer = await runNotifyCommand(command(name), MESSAGE);
    return answer !== 'delivered' && answer.why === 'command-unfit' ? answer.text : answer;
  };
  expect(await unfit('link')).toContain('leads out of');
  expect(await unfit('../outside')).toContain('without ".."');
  expect(await unfit('absent')).toContain('there is no program "absent"');
  expect(await unfit('plain')).toContain('may not be executed');
  const { binDir: _, ...without } = command('tell', 'exit 0');
  const answer = await runNotifyCommand({ ...without, binDir: undefined }, MESSAGE);
  expect(answer).toMatchObject({ why: 'command-unfit', text: expect.stringContaining('BIN_DIR is not set') });
  expect(existsSync(join(dir, 'ran'))).toBe(false);
});
