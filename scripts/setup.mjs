// Makes a fresh clone ready to run: packages, then dist/, and meanwhile the tools that the command will want. Says what it
// does on stderr; nothing if there is nothing to do. Usage: node scripts/setup.mjs [the command line that follows]
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { oneAtATime } from '../embedded/one-at-a-time.mjs';
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
  const stayUnharmed = exitOnSignals();
  try {
    const packages = once(needsInstall, 'packages are installed', async () => {
      say('installing packages (npm ci) …');
      await installPackages(`${lock}.npm`, say);
    });
    const built = packages.then(() => {
      if (onlyPackages) return;
      return once(needsBuild, 'built', async () => {
        say('building …');
        await build();
      });
    });
    await Promise.all([built, fetchTools(tools, { packages, say })]);
  } finally {
    stayUnharmed();
  }
}

/** Does what is needed, unless another process has done it meanwhile. */
async function once(needed, done, work) {
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

/** What was begun ends with this process (see embedded/at-exit.mjs), but for that it must not die of a signal. */
function exitOnSignals() {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  const listeners = Object.entries(codes).map(([signal, code]) => [signal, () => process.exit(code)]);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
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
