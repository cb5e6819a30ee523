import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { identify } from '../../../goose/host/process-table.ts';
import { askGoose, complaintOf } from '../../../goose/program/ask.ts';
import { buildOnce } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { isAlive, temporaryFolder } from '../../support/stub-runs.ts';

const ask = (script: string, timeoutMs?: number) =>
  askGoose({ goose: '/bin/sh', args: ['-c', script, 'goose', 'two words'], env: { A: 'a b' }, timeoutMs });
const complaint = (script: string, timeoutMs?: number) =>
  ask(script, timeoutMs).then((answer) => ({ why: answer }), complaintOf);

test('what goose prints, and what it complains of', async () => {
  expect(await ask('echo "$1" "$A"; cat')).toBe('two words a b\n');
  const bad = 'printf "Error: bad\\nlist\\n\\nStack\\n" >&2; exit 1';
  expect(await complaint(bad)).toEqual({ why: 'it answers 1', foreign: 'bad list' });
  expect(await complaint('exit 3')).toEqual({ why: 'it answers 3' });
  expect((await complaint('yes')).why).toMatch(/^its answer is larger than \d+ bytes$/);
  expect(await complaint('exec sleep 60', 300)).toEqual({
    why: 'it had not answered when its time was over',
  });
});

test('it ends also when we are killed while it is busy', async () => {
  using folder = temporaryFolder();
  const noted = join(folder.path, 'pid');
  const module = pathToFileURL(join(await buildOnce(), 'goose/program/ask.js')).href;
  const script = `echo $$ >'${noted}'; trap '' HUP PIPE; while :; do :; done`;
  const code = `import { askGoose } from ${JSON.stringify(module)};
    await askGoose({ goose: '/bin/sh', args: ['-c', ${JSON.stringify(script)}], env: {}, timeoutMs: 2000 });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  await eventually(
    'it has noted its process',
    () => existsSync(noted) && readFileSync(noted, 'utf8').endsWith('\n'),
  );
  child.kill('SIGKILL');
  const busy = await identify(Number(readFileSync(noted, 'utf8')));
  expect(await isAlive(busy)).toBe(true);
  await eventually('it is dead', async () => !(await isAlive(busy)));
}, 60_000);
