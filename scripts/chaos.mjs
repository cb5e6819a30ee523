// Runs test/chaos from its compiled form, against the compiled system: `npm run chaos -- --minutes N --seed S`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { run } from './run.mjs';
import { setUp } from './setup.mjs';
import { root } from './sources.mjs';

await setUp();
await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.chaos.json']);
const chaos = spawn(process.execPath, [join(root, 'dist/test/chaos/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// A terminal sends it to both; this one waits for the other to have cleaned up.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => chaos.kill(signal));
chaos.once('close', (code) => {
  process.exitCode = code ?? 1;
});
