// Makes a fresh clone ready to run: packages, then dist/, and meanwhile the tools that the command will want. Says what it
// does on stderr; nothing if there is nothing to do. Usage: node scripts/setup.mjs [the command line that follows]
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { oneAtATime } from '../os/one-at-a-time.mjs';
import { build } from './build.mjs';
import { installPackages } from './install-packages.mjs';
import { needsBuild, needsInstall, root } from './sources.mjs';
import { fetchTools, toolsFor } from './tools.mjs';

// Outside the repository, because the directories it could be in are what is being made.
const lock = join(
  tmpdir(),
  `tinyscheduler-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`,
);

/** `tools`: which of goose and the Temporal CLI are wanted; one that cannot be fetched is left to the command to tell. */
export async function setUp({ onlyPackages = false, tools = [] } = {}) {
  const packages = ifNeeded(needsInstall, 'packages are installed', async () => {
    say('installing packages (npm ci) …');
    await installPackages(`${lock}.npm`, say);
  });
  const built = packages.then(() => {
    if (onlyPackages) return;
    return ifNeeded(needsBuild, 'built', async () => {
      say('building …');
      await build();
    });
  });
  await Promise.all([built, fetchTools(tools, { packages, say })]);
}

/** Does what is needed, unless another process has done it meanwhile. */
async function ifNeeded(needed, done, work) {
  if (!needed()) return;
  const waits = () => say('waiting for another process that is setting up …');
  await oneAtATime(
    `${lock}.lock`,
    async () => {
      if (!needed()) return;
      const startedAt = performance.now();
      await work();
      say(`${done} (${Math.round((performance.now() - startedAt) / 1_000)} s)`);
    },
    waits,
  );
}

function say(what) {
  console.error(`tinyscheduler: ${what}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await setUp({ tools: toolsFor(process.argv.slice(2), process.env) });
  } catch (error) {
    console.error(`tinyscheduler: the set-up failed. ${error.message}`);
    process.exit(1);
  }
}
