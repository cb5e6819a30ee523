// Runs test/chaos from its compiled form, against the compiled system: `npm run chaos -- --minutes N --seed S`, or with
// `--schedules` the storm of test/chaos/schedules.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { run } from './run.mjs';
import { setUp } from './setup.mjs';
import { root } from './sources.mjs';
import { onEndAsked, startTidying } from './tidy.mjs';

await setUp();
const tidying = startTidying('chaos');
let interrupted = false;
await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.chaos.json']);
const given = process.argv.slice(2);
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
