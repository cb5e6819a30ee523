// Makes a fresh clone ready to run: packages, then dist/. Says what it does on stderr; nothing if there is nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { runQuietly } from './run.mjs';
import { needsBuild, needsInstall, root } from './sources.mjs';

// Outside the repository, because the directories it could be in are what is being made.
const lock = join(
  tmpdir(),
  `tinyscheduler-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`,
);
const owner = join(lock, 'pid');

export async function setUp({ onlyPackages = false } = {}) {
  const needed = () => needsInstall() || (!onlyPackages && needsBuild());
  if (!needed()) return;
  await takeLock();
  try {
    // Asked again: another process may have done it while this one waited.
    if (needsInstall()) {
      say('installing packages (npm ci) …');
      await installPackages();
    }
    if (!onlyPackages && needsBuild()) {
      say('building …');
      await build();
    }
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function installPackages() {
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error(
      'node_modules is a link: installing would empty the folder that it leads to. Install there.',
    );
  }
  const options = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await runQuietly('npm', ['ci', ...options]);
  } catch (error) {
    // A lock file made where some other platform's optional package was missing is refused by `npm ci`, for good.
    // `npm install --no-save` keeps to every version that the lock file does have, and leaves the file as it is.
    if (!error.message.includes('EUSAGE')) throw error;
    say('package-lock.json lacks packages of other platforms; installing with `npm install --no-save` …');
    await runQuietly('npm', ['install', '--no-save', ...options]);
  }
}

async function takeLock() {
  let told = false;
  while (true) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
    else {
      if (!told) say('waiting for another process that is setting up …');
      told = true;
      await sleep(200);
    }
  }
}

function isAbandoned() {
  try {
    // Without a pid for 5 s: its owner ended between making the directory and writing the file.
    if (!existsSync(owner)) return Date.now() - statSync(lock).mtimeMs > 5_000;
    process.kill(Number(readFileSync(owner, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function say(what) {
  console.error(`tinyscheduler: ${what}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await setUp();
  } catch (error) {
    console.error(`tinyscheduler: the set-up failed. ${error.message}`);
    process.exit(1);
  }
}
