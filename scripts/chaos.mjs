// Runs test/chaos from its compiled form, against the compiled system: `npm run chaos -- --minutes N --seed S`, or with
// `--schedules` the storm of test/chaos/schedules; with `--cluster` on a Temporal cluster instead of the dev server.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { useClusterPrograms } from './cluster-programs.mjs';
import { run } from './run.mjs';
import { setUp } from './setup.mjs';
import { root } from './sources.mjs';
import { onEndAsked, startTidying } from './tidy.mjs';

await setUp();
const tidying = startTidying('chaos');
let interrupted = false;
const given = process.argv.slice(2);
if (given.includes('--cluster') && !(await useClusterPrograms())) process.exit(0);
await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.chaos.json']);
const main = given.includes('--schedules') ? 'schedules/main.js' : 'main.js';
const chaos = spawn(process.execPath, [join(root, 'dist/test/chaos', main), ...given], { stdio: 'inherit' });
// A terminal sends it to both; this one waits for the other to have cleaned up.
onEndAsked((why) => {
  interrupted = true;
  chaos.kill(why === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
});
chaos.once('close', async (code) => {
  // After a violation timeline, logs and databases are wanted.
  await tidying.end({ keepFiles: code !== 0 && !interrupted });
  process.exit(code ?? 1);
});
