// `npm run bench`: what is measured runs from dist/; what measures is compiled beside it, below node_modules, so that it
// finds the packages and never ends up in what is shipped. It never installs packages: node_modules may be a link to a
// folder that others are using.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { run } from './run.mjs';
import { needsBuild, root } from './sources.mjs';
import { onEndAsked, startTidying } from './tidy.mjs';

const tidying = startTidying('bench');

try {
  if (!existsSync(join(root, 'node_modules/@temporalio')))
    throw new Error('there are no packages: run npm ci');
  if (needsBuild()) await build();
  await run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(root, 'tsconfig.bench.json'),
    '--noCheck',
  ]);
} catch (error) {
  console.error(`bench: ${error.message}`);
  await tidying.end();
  process.exit(1);
}
const main = join(root, 'node_modules/.cache/tinyscheduler-bench/bench/main.js');
const bench = spawn(process.execPath, [main, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
// A terminal's Ctrl-C reaches it too; it stops what it has started.
onEndAsked((why) => why !== 'SIGINT' && bench.kill('SIGTERM'));
bench.once('exit', async (code) => {
  await tidying.end();
  process.exit(code ?? 1);
});
