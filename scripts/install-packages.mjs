import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from '../os/at-exit.mjs';
import { identify, isAlive } from '../os/process-identity.mjs';
import { killGroup } from '../os/run-command.mjs';
import { runQuietly } from './run.mjs';
import { root } from './sources.mjs';

const OPTIONS = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Installs what package-lock.json names. `npmFile` names the npm that does it, for the next one if this process is
 * killed. Throws with npm's output if it fails.
 */
export async function installPackages(npmFile, say) {
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error(
      'node_modules is a link: installing would empty the folder that it leads to. Install there.',
    );
  }
  await endEarlierNpm(npmFile);
  const forgotten = atExit(() => rmSync(npmFile, { force: true }));
  const onStart = (pid) => writeFileSync(npmFile, JSON.stringify(identify(pid) ?? null));
  try {
    await runQuietly('npm', ['ci', ...OPTIONS], { onStart });
  } catch (error) {
    // A lock file made where some other platform's optional package was missing is refused by `npm ci`, for good.
    // `npm install --no-save` keeps to every version that the lock file does have, and leaves the file as it is.
    if (!error.message.includes('EUSAGE')) throw error;
    say('package-lock.json lacks packages of other platforms; installing with `npm install --no-save` …');
    await runQuietly('npm', ['install', '--no-save', ...OPTIONS], { onStart });
  } finally {
    forgotten();
    rmSync(npmFile, { force: true });
  }
}

/** The npm of a set-up that was killed goes on, and two of them in one folder ruin each other's work. */
async function endEarlierNpm(npmFile) {
  let earlier;
  try {
    earlier = JSON.parse(readFileSync(npmFile, 'utf8'));
  } catch {
    return;
  }
  while (earlier && isAlive(earlier)) {
    killGroup(earlier.pid);
    await sleep(25);
  }
}
