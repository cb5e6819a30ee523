import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let root: string;
let archive: string;
let project: string;
let started: ChildProcess | undefined;

/** The package as npm makes it, installed in an empty folder as npm does it; from npm's cache where that has everything. */
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'package-')));
  project = join(root, 'project');
  mkdirSync(project);
  npm(repository, 'pack', '--pack-destination', root);
  archive = join(root, readdirSync(root).find((name) => name.endsWith('.tgz')) ?? 'none');
  npm(project, 'install', '--prefer-offline', archive);
}, 300_000);
afterAll(async () => {
  if (started) {
    const closed = once(started, 'close');
    signalGroup(started, 'SIGINT');
    await closed;
  }
  rmSync(root, { recursive: true, force: true });
}, 300_000);

/** Of an npm that runs this test nothing must reach another one, and no settings and model of whoever runs it. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|TINYSCHEDULER_|TEMPORAL_|GOOSE_)/.test(name),
  );
  return { ...Object.fromEntries(own), GOOSE_PATH_ROOT: join(root, 'goose') };
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: environment(),
    stdio: 'pipe',
  });
}

function signalGroup({ pid = -1 }: ChildProcess, signal: NodeJS.Signals): void {
  process.kill(-pid, signal);
}

function call(...args: string[]): string {
  return execFileSync('npx', ['tinyscheduler', ...args], {
    cwd: project,
    env: environment(),
    encoding: 'utf8',
  });
}

test('it has what it runs from, and neither sources nor tests nor maps', () => {
  const files = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n');
  for (const needed of [
    'tinyscheduler',
    'workload-reporter',
    'dist/client/cli/main.js',
    'dist/quick/main.cjs',
    'dist/goose/guardian/guardian-main.js',
    'dist/embedded/tools/tool-cache.mjs',
    'dist/workflows/bundle.js',
    'examples/starter/recipes/vaela.yaml',
    'LICENSE',
    'README.md',
  ]) {
    expect(files).toContain(`package/${needed}`);
  }
  const others = files.filter((file) =>
    /(\.map|\.ts|\.test\.js)$|^package\/(scripts|test|dist\/test)\//.test(file),
  );
  // Of types there are those of `tinyscheduler/client`.
  expect(others.filter((file) => !file.endsWith('.d.ts'))).toEqual([]);
  expect(others).toContain('package/dist/client/scripts/entry.d.ts');
  expect(others.filter((file) => /^package\/dist\/(?!client|contract|domain|config)/.test(file))).toEqual([]);
  expect(statSync(archive).size).toBeLessThan(3_300_000);
});

function node(...args: string[]) {
  return spawnSync(process.execPath, args, { cwd: project, env: environment(), encoding: 'utf8' });
}

test('a script imports tinyscheduler/client, and nothing happens by that', () => {
  // Whoever read it would fail.
  writeFileSync(join(project, '.env'), 'TINYSCHEDULER_LOOP_INTERVAL="never');
  writeFileSync(
    join(project, 'import.mjs'),
    `import { createRequire } from 'node:module';
    const before = JSON.stringify(process.env);
    const names = Object.keys(await import('tinyscheduler/client'));
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(JSON.stringify({ names, loaded, isSame: JSON.stringify(process.env) === before }));
    process.on('exit', () => console.log(JSON.stringify(process.getActiveResourcesInfo())));
    await import('tinyscheduler/dist/client/connect.js').catch(({ code }) => console.log(code));`,
  );
  const { status, stdout, stderr } = node('import.mjs');
  const [told = '', refused, resources] = stdout.trim().split('\n');
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(told)).toEqual({
    names: expect.arrayContaining(['connectScheduler', 'hasCode', 'SchedulerError']),
    loaded: [],
    isSame: true,
  });
  expect(refused).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  expect(JSON.parse(resources ?? '')).not.toContainEqual(expect.stringMatching(/Timeout|Socket|TCP|Worker/));

  writeFileSync(
    join(project, 'connect.mjs'),
    `import { connectScheduler } from 'tinyscheduler/client';
    const code = (options) => connectScheduler(options).then(() => 'connected', (error) => error.code);
    console.log(await code());
    console.log(await code({ env: {}, envFile: 'none' }));
    console.log(await code({ env: {}, envFile: '/dev/null', temporal: { address: '127.0.0.1:1' } }));`,
  );
  expect(node('connect.mjs').stdout).toBe('bad-configuration\nbad-configuration\ntemporal-unreachable\n');
  rmSync(join(project, '.env'));
  // The examples find it from where they lie.
  const example = node('node_modules/tinyscheduler/examples/client/nightly-batch.mjs');
  expect([example.status, example.stderr]).toEqual([4, expect.stringContaining('(temporal-unreachable)')]);
});

test.each([
  ['as Node.js finds packages', ['--module', 'nodenext', '--types', 'node']],
  [
    'as bundlers do, without types of Node.js',
    [...['--module', 'esnext', '--moduleResolution', 'bundler'], ...['--types', '', '--lib', 'es2022,dom']],
  ],
])('a strict TypeScript takes tinyscheduler/client, found %s', (_, options) => {
  copyFileSync(join(repository, 'test/fixtures/client-consumer/use.txt'), join(project, 'use.ts'));
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ ...JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')), type: 'module' }),
  );
  const strict = [
    '--strict',
    '--noUncheckedIndexedAccess',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
    'false',
  ];
  const { stdout, status } = node(
    join(repository, 'node_modules/typescript/bin/tsc'),
    ...[
      '--noEmit',
      '--target',
      'es2022',
      '--ignoreConfig',
      '--typeRoots',
      join(repository, 'node_modules/@types'),
    ],
    ...[...strict, ...options, 'use.ts'],
  );
  expect([stdout, status]).toEqual(['', 0]);
});

test('its help says how it was called', () => {
  expect(call('--help')).toContain('Usage: npx tinyscheduler [options] [command]');
  const direct = execFileSync('node_modules/.bin/tinyscheduler', ['start', '--help'], {
    cwd: project,
    encoding: 'utf8',
  });
  expect(direct).toContain('Usage: node_modules/.bin/tinyscheduler start');
  const reporter = execFileSync('npx', ['workload-reporter', '--help'], {
    cwd: project,
    env: environment(),
    encoding: 'utf8',
  });
  expect(reporter).toContain('--since <time>');
});

test('start brings everything up in an empty folder, to complete samples, and ends it', async () => {
  const child = spawn('npx', ['tinyscheduler', 'start', '--free-ports'], {
    cwd: project,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk;
    });
  }
  await expect.poll(() => said, { timeout: 150_000, interval: 200 }).toContain('6 of 6 tasks are complete');
  await expect.poll(() => said).toContain('npx tinyscheduler status');
  expect(said).not.toContain('building');
  expect(existsSync(join(project, 'state/tinytask.db'))).toBe(true);

  const closed = once(child, 'close');
  signalGroup(child, 'SIGINT');
  await closed;
  started = undefined;
  expect(said).toContain('Everything is down');
}, 200_000);
