// How long the first minutes take: `npm run first-start`. Clones the last commit into a temporary folder, with caches of its
// own that are empty, starts it on free ports, waits for the sample tasks, stops it, and starts it twice more; then sets up
// `npm test` in another clone. Prints the times in seconds (`--json`: as one object), and leaves nothing. Tools on PATH and the configuration of npm and pip
// are those of this machine.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './sources.mjs';

const SAMPLES_COMPLETE = /6 of 6 tasks are complete/;
const GIVE_UP_MS = 900_000;
const STOP_WITHIN_MS = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'tinyscheduler-first-start-'));
let running;
let measured = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    if (running) await stop(running);
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
  });
}
try {
  await measure();
  measured = true;
} catch (error) {
  console.error(`first-start: ${error.message}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(measured ? 0 : 1);

async function measure() {
  const [load = 0] = loadavg();
  const clone = cloneInto('clone');
  const start = ['start', '--', '--free-ports'];
  const first = await timeOf(clone, start, SAMPLES_COMPLETE);
  const again = await timeOf(clone, start, SAMPLES_COMPLETE);
  rmSync(join(clone.path, 'state'), { recursive: true });
  const anew = await timeOf(clone, start, SAMPLES_COMPLETE);
  const tests = await timeOf(cloneInto('tests'), ['test'], /^== tests$/m);
  const times = { first, again, anew, tests };
  if (process.argv.includes('--json')) return console.log(JSON.stringify(times));
  console.log(
    [
      `On ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node.js ${process.versions.node}, load ${load.toFixed(1)} at the start:`,
      `npm start in a clone without caches, to six complete samples (goal: 90 s): ${first.toFixed(1)} s`,
      `again, to the live view of the six (goal: 12 s): ${again.toFixed(1)} s`,
      `again without the state directory, to six complete samples: ${anew.toFixed(1)} s`,
      `npm test in a clone without caches, to the first test (goal: 120 s): ${tests.toFixed(1)} s`,
    ].join('\n'),
  );
}

function cloneInto(name) {
  const path = join(folder, name);
  execFileSync('git', ['clone', '--quiet', root, path]);
  return { path, caches: join(folder, `${name}-caches`) };
}

/** Runs npm until it has written what is waited for, then stops it as Ctrl-C does. Returns the seconds. */
async function timeOf({ path, caches }, args, expected) {
  mkdirSync(caches, { recursive: true });
  console.error(`\n== npm ${args.join(' ')}`);
  const startedAt = performance.now();
  running = spawn('npm', args, {
    cwd: path,
    env: environment(caches),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise((resolve) => running.once('close', resolve));
  running.ended = ended;
  let written = '';
  let elapsedMs;
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`it took more than ${GIVE_UP_MS / 1_000} s`)), GIVE_UP_MS);
    const read = (chunk) => {
      process.stderr.write(chunk);
      written += chunk;
      if (!expected.test(written)) return;
      elapsedMs ??= performance.now() - startedAt;
      resolve();
      clearTimeout(late);
    };
    running.stdout.on('data', read);
    running.stderr.on('data', read);
    void ended.then(() => reject(new Error('it ended too early')));
  }).finally(() => stop(running));
  return elapsedMs / 1_000;
}

/** SIGINT to all of its group, as a terminal sends it. */
async function stop(child) {
  signalGroup(child, 'SIGINT');
  const late = setTimeout(() => signalGroup(child, 'SIGKILL'), STOP_WITHIN_MS);
  await child.ended;
  clearTimeout(late);
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
}

/** Nothing of this machine's caches, of an npm that runs this, or of anybody's TinyScheduler, Temporal and goose. */
function environment(caches) {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|TINYSCHEDULER_|TEMPORAL_|GOOSE_|XDG_CACHE_HOME|PIP_CACHE_DIR|UV_CACHE_DIR)/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    npm_config_cache: join(caches, 'npm'),
    XDG_CACHE_HOME: caches,
    GOOSE_PATH_ROOT: join(caches, 'goose'),
  };
}
