import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readPlace } from '../../../goose/host/owner.ts';
import { identify, readProcessTable } from '../../../goose/host/process-table.ts';
import { sweepStrays } from '../../../goose/host/sweep.ts';
import { askGoose, complaintOf, endQuestions } from '../../../goose/program/ask.ts';
import { CONTAINMENTS, findContainment } from '../../../goose/start/containment.ts';
import { buildOnce } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { livingIn } from '../../support/guarded-worker.ts';
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
});

test('should we be killed, the next worker ends what was asked, by the mark of whose it was', async () => {
  using folder = temporaryFolder();
  const work = join(folder.path, 'work');
  mkdirSync(work);
  const place = await readPlace(folder.path);
  const files = ['goose/program/ask.js', 'goose/host/owner.js', 'goose/host/process-table.js'];
  const modules = await Promise.all(
    files.map(async (file) => pathToFileURL(join(await buildOnce(), file)).href),
  );
  const code = `const [{ askGoose }, { ownerMark }, { identify }] = await Promise.all(${JSON.stringify(modules)}.map((each) => import(each)));
    const owner = ownerMark(${JSON.stringify(place)}, await identify(process.pid));
    await askGoose({ goose: '/bin/sh', args: ['-c', ${JSON.stringify(`cd '${work}'; trap '' HUP TERM; sleep 304 & sleep 305`)}],
      env: { PATH: process.env.PATH, TINYSCHEDULER_RUN_OWNER: owner } });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  await eventually('it is asked', () => livingIn(folder.path).length >= 3);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  expect(livingIn(folder.path).length).toBeGreaterThanOrEqual(3);
  expect(await sweepStrays({ place, table: await readProcessTable(), graceMs: 0 })).toBe(1);
  expect(livingIn(folder.path)).toEqual([]);
});

/** What this machine has that nobody escapes. */
const found = await Promise.all(CONTAINMENTS.map((each) => findContainment([each])));
const SURE = found.filter(({ by }, at) => by === CONTAINMENTS[at] && by !== 'looks');
/** Leaves behind, as its first act, what takes no notice of SIGTERM and holds no mark, parent or session; it keeps the pipe. */
const ESCAPE = `( ( env -i setsid sh -c 'trap "" TERM; : >left; exec sleep 303' & ) & ); until [ -e left ]; do sleep 0.01; done`;

describe.each(SURE.map((held) => [held.by, held] as const))(
  'held by a %s, nothing outlives a question',
  (_, held) => {
    const cases: [what: string, then: string, why: string][] = [
      ['that was answered', 'echo fine', 'fine\n'],
      ['that was refused', 'exit 3', 'it answers 3'],
      ['whose time is over', 'exec sleep 60', 'it had not answered when its time was over'],
      ['with too long an answer', 'exec yes', 'its answer is larger than 2097152 bytes'],
    ];
    test.each(cases)('%s', async (_, then, why) => {
      using folder = temporaryFolder();
      const work = join(folder.path, 'work');
      mkdirSync(work);
      const args = ['-c', `cd '${work}'; ${ESCAPE}; ${then}`];
      const question = { goose: '/bin/sh', args, env: { PATH: process.env.PATH }, held, timeoutMs: 1_500 };
      expect(await askGoose(question).catch((error) => complaintOf(error).why)).toBe(why);
      expect(livingIn(folder.path)).toEqual([]);
    });

    test('that is called off', async () => {
      using folder = temporaryFolder();
      const work = join(folder.path, 'work');
      mkdirSync(work);
      const args = ['-c', `cd '${work}'; ${ESCAPE}; exec sleep 60`];
      const asked = askGoose({ goose: '/bin/sh', args, env: { PATH: process.env.PATH }, held });
      asked.catch(() => undefined);
      await eventually('both live', () => livingIn(folder.path).length >= 2);
      await endQuestions();
      expect(livingIn(folder.path)).toEqual([]);
      await expect(asked).rejects.toThrow();
    });
  },
);
