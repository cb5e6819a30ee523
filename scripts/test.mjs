// Everything that must hold before a change is taken, on a fresh clone too: no package is needed to start this file.
import { cpus } from 'node:os';
import { findDebianProgram } from './debian-package.mjs';
import { run } from './run.mjs';
import { findSchemathesis } from './schemathesis.mjs';
import { setUp } from './setup.mjs';
import { onEndAsked, startTidying } from './tidy.mjs';
import { TOOLS } from './tools.mjs';

const given = process.argv.slice(2);
const STORM = ['--minutes', '0.5', '--seed', '11'];

const steps = [
  ['packages and tools', () => setUp({ onlyPackages: true, tools: TOOLS })],
  ['types', () => run('npx', ['tsc', '-p', '.'])],
  ['types of the page', () => run('npx', ['tsc', '-p', 'page'])],
  ['lint', () => run('npx', ['biome', 'check', '--error-on-warnings'])],
  ['build', () => run(process.execPath, ['scripts/build.mjs'])],
  ['tools', () => run(process.execPath, ['scripts/tools.mjs'])],
  ['programs for tests', () => Promise.all([useSchemathesis(), usePromtool(), useChromium()])],
  ['tests', () => run('npx', ['vitest', 'run', ...given])],
];
// By itself, since it judges times. The long form is `npm run chaos -- --minutes 10`.
if (given.length === 0 && process.platform === 'linux')
  steps.push(['a short storm of kills', () => run(process.execPath, ['scripts/chaos.mjs', ...STORM])]);

/** Where Python is there; else its test is skipped. */
async function useSchemathesis() {
  const program = await findSchemathesis(say);
  if (program !== undefined) process.env.SCHEMATHESIS = program;
}

const say = (line) => console.log(line);

/** Of Debian's prometheus, where apt-get has it; else the tests of metrics and alert rules do without it. */
async function usePromtool() {
  const wanted = { name: 'promtool', package: 'prometheus', inPackage: 'usr/bin/promtool', say };
  const program = await findDebianProgram(wanted);
  if (program !== undefined) process.env.PROMTOOL = program;
}

/** Likewise, for the tests of the page: without it they are skipped. */
async function useChromium() {
  const wanted = { name: 'chromium', package: 'chromium', inPackage: 'usr/lib/chromium/chromium', say };
  const program = await findDebianProgram(wanted);
  if (program !== undefined) process.env.CHROMIUM = program;
}

/** How long something took, and how busy the processors were: if they were not, more of it could be done at a time. */
function processorsSince() {
  const beganMs = performance.now();
  const { busyMs, allMs } = processorTimes();
  return () => {
    const now = processorTimes();
    const busy = Math.round((100 * (now.busyMs - busyMs)) / (now.allMs - allMs));
    return `${Math.round((performance.now() - beganMs) / 1_000)} s, processors ${busy} % busy`;
  };
}

function processorTimes() {
  const times = cpus().map((each) => each.times);
  const allMs = times.flatMap((each) => Object.values(each)).reduce((sum, ms) => sum + ms, 0);
  return { allMs, busyMs: allMs - times.reduce((sum, { idle }) => sum + idle, 0) };
}

const tidying = startTidying('test');
let ending = false;
onEndAsked(async (why) => {
  if (ending) return;
  ending = true;
  console.error(`\n== ${why}: everything that was started is ended`);
  await tidying.end();
  process.exit(130);
});

for (const [name, step] of steps) {
  console.log(`\n== ${name}`);
  const soFar = processorsSince();
  try {
    await step();
    console.log(`== ${name}: ${soFar()}`);
  } catch (error) {
    // Ended by us, and about to be cleared away.
    if (ending) await new Promise(() => {});
    console.error(`\n== ${name}: ${error.message}`);
    await tidying.end();
    process.exit(1);
  }
}
await tidying.end();
process.exit(0);
