// Whatever a run of the tests, the bench or the chaos starts has the run's own TMPDIR in its environment, its arguments
// or its working directory. When the run ends, however that happens, all of it is ended, and the directory removed.
// It needs no package and no build.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = 'TIDY_ROOT';
const LOOK_EVERY_MS = 500;
const ENDED_WITHIN_MS = 10_000;
/** Waits in little memory until it is told that all is done, or until the pipe to the run's process closes. */
const WAIT = `trap '' HUP INT TERM
read -r word
[ "$word" = done ] || exec "$@"`;

/**
 * Gives this run a TMPDIR of its own, and a process that tidies up should this one be killed. `end` tidies up;
 * with `keepFiles` the directory stays, for whoever wants to look at it. Within another run it does nothing.
 */
export function startTidying(name) {
  if (process.env[ROOT] !== undefined) return { end: async () => undefined };
  const root = mkdtempSync(join(tmpdir(), `tinyscheduler-${name}-run-`));
  // Some tests have a process of another user's below it.
  chmodSync(root, 0o711);
  process.env.TMPDIR = root;
  process.env[ROOT] = root;
  const script = fileURLToPath(import.meta.url);
  const keeper = spawn('/bin/sh', ['-c', WAIT, 'tidy', process.execPath, script, root], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Else it would be found by what it looks for.
    env: { PATH: process.env.PATH },
  });
  keeper.stdin.on('error', () => undefined);
  keeper.unref();
  keeper.stdin.unref();
  return {
    async end({ keepFiles = false } = {}) {
      await tidy(root, { keepFiles, except: [keeper.pid] });
      keeper.stdin.end('done\n');
    },
  };
}

/** Calls `stop` with a signal that asks this process to end, or with `npm is gone`. */
export function onEndAsked(stop) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  onNpmGone(stop);
}

/** npm tells its shell of a SIGTERM, and the shell tells nobody. */
export function onNpmGone(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop('npm is gone');
  }, LOOK_EVERY_MS).unref();
}

async function tidy(root, { keepFiles = false, except = [] } = {}) {
  const untilMs = performance.now() + ENDED_WITHIN_MS;
  for (let quietLooks = 0; quietLooks < 2 && performance.now() < untilMs; ) {
    const found = processesOf(root).filter((pid) => pid !== process.pid && !except.includes(pid));
    for (const pid of found) kill(pid);
    quietLooks = found.length === 0 ? quietLooks + 1 : 0;
    await sleep(50);
  }
  if (keepFiles) return;
  unmountBelow(root);
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}

/** By what the system tells of each process; of other users' it tells nothing. */
function processesOf(root) {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axEwwo', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 });
    return lines
      .toString()
      .split('\n')
      .filter((line) => line.includes(root))
      .map((line) => Number.parseInt(line, 10));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => ['environ', 'cmdline', 'cwd'].some((fact) => read(pid, fact).includes(root)))
    .map(Number);
}

function read(pid, fact) {
  try {
    return fact === 'cwd' ? readlinkSync(`/proc/${pid}/cwd`) : readFileSync(`/proc/${pid}/${fact}`, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Tests mount small file systems. */
function unmountBelow(root) {
  if (process.platform !== 'linux') return;
  const targets = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((target) => target.startsWith(`${root}/`));
  for (const target of targets.reverse()) execFileSync('umount', ['-l', target], { stdio: 'ignore' });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await tidy(process.argv[2]);
