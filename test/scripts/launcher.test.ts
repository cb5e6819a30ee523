import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canBundle } from '../../scripts/build.mjs';
import { copyPlainModules } from '../support/plain-modules.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let root: string;
let elsewhere: string;

/** A project as small as can be, with our launcher, scripts and packages. */
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'launcher-')));
  elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'elsewhere-')));
  for (const path of [
    'tinyscheduler',
    'workload-reporter',
    'scripts',
    'tsconfig.json',
    'tsconfig.build.json',
    'package.json',
    'domain/names.ts',
  ]) {
    cpSync(join(repository, path), join(root, path), { recursive: true });
  }
  copyPlainModules(root);
  cpSync(join(repository, 'package-lock.json'), join(root, 'package-lock.json'));
  // Older than the packages, or they would be installed.
  utimesSync(join(root, 'package-lock.json'), 1, 1);
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  mkdirSync(join(root, 'client/cli'), { recursive: true });
  mkdirSync(join(root, 'client/scripts'));
  writeFileSync(join(root, 'client/scripts/entry.ts'), 'export {};\n');
  mkdirSync(join(root, 'workflows'));
  writeFileSync(
    join(root, 'client/cli/main.ts'),
    `process.on('SIGTERM', () => process.exit(7));
     console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), as: process.env.TINYSCHEDULER_CALLED_AS, at: process.env.TINYSCHEDULER_MCP_ENDPOINT }));
     if (process.argv[2] === 'fail') process.exitCode = 3;
     if (process.argv[2] === 'wait') setInterval(() => undefined, 1_000);\n`,
  );
  mkdirSync(join(root, 'page'));
  writeFileSync(join(root, 'page/index.html'), '<script type="module" src="./main.ts"></script>\n');
  writeFileSync(join(root, 'page/main.ts'), 'console.log(1);\n');
  writeFileSync(join(root, 'workflows/index.ts'), 'export async function probe(): Promise<void> {}\n');
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  rmSync(elsewhere, { recursive: true, force: true });
});

function launch(...args: string[]): ChildProcess {
  return spawn(join(root, 'tinyscheduler'), args, { cwd: elsewhere });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

test('the first use builds, once for two at a time; then it is quiet; arguments, directory and exit code pass', async () => {
  const both = await Promise.all([ended(launch('one', 'two words')), ended(launch('other'))]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const as = join(root, 'tinyscheduler');
  expect(JSON.parse(both[0].stdout)).toEqual({ args: ['one', 'two words'], cwd: elsewhere, as });
  const said = both.map(({ stderr }) => stderr).join('');
  expect(said.match(/building …/g)).toHaveLength(1);
  for (const made of ['workflows/bundle.js', 'quick/main.cjs', 'page/index.html'])
    expect(existsSync(join(root, 'dist', made))).toBe(true);

  expect(await ended(launch('fail'))).toMatchObject({ code: 3, stderr: '' });
});

test('`--env-file` is for the program, not for Node, which would end over a file that is not there', async () => {
  for (const args of [
    ['--env-file', 'nope', 'status'],
    ['status', '--env-file=nope'],
    ['--', '--env-file', 'nope'],
  ]) {
    const { code, stdout, stderr } = await ended(launch(...args));
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).args).toEqual(args);
  }
});

test('the workload reporter is `report` under its old name, through a link and with its old variable too', async () => {
  const link = join(elsewhere, 'reporter');
  symlinkSync(join(root, 'workload-reporter'), link);
  const as = join(root, 'tinyscheduler');
  const at = 'http://old:3000';
  for (const [env, known] of [
    [{ TINYTASK_ENDPOINT: at }, { at }],
    [{ TINYTASK_ENDPOINT: at, TINYSCHEDULER_MCP_ENDPOINT: 'http://new:3000' }, { at: 'http://new:3000' }],
    [{ TINYTASK_ENDPOINT: '' }, {}],
  ] as const) {
    const child = spawn(link, ['--format', 'two words'], {
      cwd: elsewhere,
      env: { PATH: process.env.PATH, ...env },
    });
    const { code, stdout } = await ended(child);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      args: ['report', '--format', 'two words'],
      cwd: elsewhere,
      as,
      ...known,
    });
  }
  const { code } = await ended(spawn(join(root, 'workload-reporter'), ['--help'], { cwd: elsewhere }));
  expect(code).toBe(0);
});

test('a changed source is built, a removed one is removed, a broken one is an error with the place', async () => {
  const extra = join(root, 'domain/extra.ts');
  writeFileSync(extra, 'export const extra = 1;\n');
  expect((await ended(launch())).stderr).toContain('building …');
  expect(existsSync(join(root, 'dist/domain/extra.js'))).toBe(true);

  writeFileSync(extra, 'export const extra: string = 1;\n');
  const broken = await ended(launch());
  expect(broken.code).toBe(1);
  expect(broken.stdout).toBe('');
  expect(broken.stderr).toContain('domain/extra.ts(1,14): error TS2322');

  rmSync(extra);
  expect((await ended(launch())).code).toBe(0);
  expect(existsSync(join(root, 'dist/domain/extra.js'))).toBe(false);
});

test('a short command runs where its few files could not be made, as by an older Node.js', async () => {
  const quick = join(root, 'dist/quick');
  renameSync(quick, `${quick}-away`);
  const { code, stdout } = await ended(launch('status'));
  renameSync(`${quick}-away`, quick);
  expect([code, JSON.parse(stdout).args]).toEqual([0, ['status']]);
  const versions = ['20.12.0', '20.18.3', '20.19.0', '21.7.3', '22.11.0', '22.12.0', '23.0.0', '26.1.0'];
  expect(versions.filter((version) => canBundle(version))).toEqual([
    ...['20.19.0', '22.12.0', '23.0.0', '26.1.0'],
  ]);
});

test.each(['scripts/bundle-quick.mjs', 'package-lock.json'])('a changed %s is built, too', async (path) => {
  const setUp = join(root, 'scripts/setup.mjs');
  cpSync(setUp, `${setUp}.away`);
  writeFileSync(
    setUp,
    "import { needsBuild } from './sources.mjs'; console.error(needsBuild() ? 'builds' : 'nothing to do');",
  );
  const touch = ['-exec', 'touch', '-t', '200001010000', '{}', '+'];
  spawnSync('find', ['.', '-path', './node_modules', '-prune', '-o', ...touch], { cwd: root });
  utimesSync(join(root, 'dist/.built'), 1_000_000_000, 1_000_000_000);
  const before = await ended(launch());
  utimesSync(join(root, path), 1_100_000_000, 1_100_000_000);
  const changed = await ended(launch());
  renameSync(`${setUp}.away`, setUp);
  utimesSync(join(root, path), 1, 1);
  expect([before.stderr, changed.stderr]).toEqual(['', 'builds\n']);
});

test('signals reach the program, through a link to the launcher too', async () => {
  const link = join(elsewhere, 'linked');
  symlinkSync(join(root, 'tinyscheduler'), link);
  const child = spawn(link, ['wait'], { cwd: elsewhere });
  const end = ended(child);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect((await end).code).toBe(7);
});

test.each(['v18.20.4', 'v20.11.1'])('Node %s is too old, for a command of either kind', (version) => {
  const bin = mkdtempSync(join(elsewhere, 'bin-'));
  const older = join(bin, 'older.cjs');
  writeFileSync(
    older,
    `Object.defineProperty(process, 'version', { value: '${version}' });
     Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version.slice(1)}' } });\n`,
  );
  writeFileSync(
    join(bin, 'node'),
    `#!/bin/sh\n[ "$1" != -v ] || exec echo ${version}\nexec '${process.execPath}' -r '${older}' "$@"\n`,
    { mode: 0o755 },
  );
  for (const command of ['status', 'start']) {
    const { status, stdout, stderr } = spawnSync(join(root, 'tinyscheduler'), [command], {
      env: { PATH: `${bin}:${process.env.PATH}` },
    });
    expect(String(stderr)).toBe(
      `tinyscheduler: Node.js ${version} is too old; install Node.js 20.12 or newer (https://nodejs.org).\n`,
    );
    expect([status, String(stdout)]).toEqual([1, '']);
  }
});

test('without Node on PATH it says what to install', () => {
  const bin = mkdtempSync(join(elsewhere, 'bin-'));
  const { status, stderr } = spawnSync('/bin/sh', [join(root, 'tinyscheduler')], { env: { PATH: bin } });
  expect(String(stderr)).toContain('Node.js is not on PATH');
  expect(status).toBe(1);
});
