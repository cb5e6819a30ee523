// Everything that must hold before a change is taken, on a fresh clone too: no package is needed to start this file.
import { run } from './run.mjs';
import { setUp } from './setup.mjs';

const steps = [
  ['packages', () => setUp({ onlyPackages: true })],
  ['types', () => run('npx', ['tsc', '-p', '.'])],
  ['lint', () => run('npx', ['biome', 'check', '--error-on-warnings'])],
  ['build', () => run(process.execPath, ['scripts/build.mjs'])],
  ['tools', () => run(process.execPath, ['scripts/tools.mjs'])],
  ['tests', () => run('npx', ['vitest', 'run', ...process.argv.slice(2)])],
];

for (const [name, step] of steps) {
  console.log(`\n== ${name}`);
  try {
    await step();
  } catch (error) {
    console.error(`\n== ${name}: ${error.message}`);
    process.exit(1);
  }
}
