// The system tests and the storm on a Temporal cluster: `npm run test:cluster`. Where Go or PostgreSQL are missing that is said, and
// nothing fails. Usage: node scripts/cluster.mjs [--quick] [--only tests|storm] [--minutes N] [--seed S] [name of a system test] …
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { useClusterPrograms } from './cluster-programs.mjs';
import { run } from './run.mjs';
import { setUp } from './setup.mjs';
import { root } from './sources.mjs';
import { onEndAsked, startTidying } from './tidy.mjs';
import { TOOLS } from './tools.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A few of the tests, and one minute of the storm. */
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
  },
});
if (![undefined, 'tests', 'storm'].includes(values.only)) {
  console.error(`cluster: give --only as tests or storm, not "${values.only}"`);
  process.exit(2);
}
const QUICK = ['whole-way', 'pool', 'cancel', 'see'];
const minutes = values.minutes ?? (values.quick ? '1' : '5');
const tests = positionals.length > 0 ? positionals : values.quick ? QUICK : [];

const tidying = startTidying('cluster');
let running;
let interrupted = false;
onEndAsked(async (why) => {
  interrupted = true;
  // A terminal sends it to both; this one waits for the other to have cleaned up.
  if (running !== undefined) return running.kill(why === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  // A build, which may take long.
  await tidying.end();
  process.exit(130);
});

let failed = false;
try {
  await setUp({ tools: TOOLS });
  if (await useClusterPrograms()) {
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.chaos.json']);
    if (values.only !== 'storm') await step('the system tests', 'cluster/main.js', tests);
    const storm = ['--cluster', '--minutes', minutes, ...(values.seed ? ['--seed', values.seed] : [])];
    if (values.only !== 'tests') await step('the storm', 'chaos/main.js', storm);
  }
} catch (error) {
  failed = true;
  console.error(`cluster: ${error.message}`);
}
// After a failure logs and databases are wanted.
await tidying.end({ keepFiles: failed && !interrupted });
process.exit(interrupted ? 130 : failed ? 1 : 0);

/** One of the compiled programs; what has failed does not keep the next from being run. */
async function step(name, main, args) {
  if (interrupted) return;
  console.log(`\n== ${name}`);
  running = spawn(process.execPath, [join(root, 'dist/test', main), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  const [code] = await once(running, 'close');
  running = undefined;
  if (code === 0) return;
  failed = true;
  console.error(`cluster: ${name}: ${code === null ? 'ended by a signal' : `exit code ${code}`}`);
}
