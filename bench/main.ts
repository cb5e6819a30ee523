import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { idleHour, perTask } from './cost.ts';
import { dispatch } from './dispatch.ts';
import { events } from './events.ts';
import { asObject, KEYS, type Key, type Measurement, type Result } from './figures.ts';
import { firstStart } from './first-start.ts';
import { idleStart } from './idle.ts';
import { loss } from './loss.ts';
import { manyTasks } from './many-tasks.ts';
import { page } from './page.ts';
import { pass } from './pass.ts';
import { pastRuns } from './past-runs.ts';
import { textReport } from './report.ts';
import { runAll } from './run-all.ts';
import { scale } from './scale.ts';
import { schedules } from './schedules.ts';
import { shortCommands } from './short-commands.ts';
import { stopAllStands } from './stand.ts';
import { state } from './state.ts';
import { steps } from './steps.ts';
import { throughput } from './throughput.ts';
import { trace } from './trace.ts';
import { turnaround } from './turnaround.ts';
import { writeDocs } from './write-docs.ts';

/** The most important ones first, for whoever has little time. */
const MEASUREMENTS: Measurement[] = [
  throughput,
  turnaround,
  scale,
  idleStart,
  shortCommands,
  perTask,
  state,
  dispatch,
  pass,
  loss,
  events,
  schedules,
  pastRuns,
  page,
  manyTasks,
  trace,
  idleHour,
  steps,
  firstStart,
];

const EACH_MS = 5 * 60_000;

const USAGE = `Usage: npm run bench -- [--json] [--only KEY] [--quick] [--minutes N] [--write-docs]

  --json        one object on stdout; the table goes to stderr
  --only KEY    one figure: ${KEYS.join(', ')}
  --quick       small numbers, to see that it works; not worth comparing
  --minutes N   what has not begun by then is shown as not measured
  --write-docs  also writes docs/performance.md

A measurement that fails is said, and the others go on. The exit code is 1 then.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      minutes: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { only, json, quick } = values;
  if (values.help) return console.log(USAGE);
  if (process.platform !== 'linux') throw new Error('the bench reads /proc, so it needs Linux');
  // Where scripts/bench.mjs starts it.
  const root = process.cwd();
  const known = KEYS.find((key) => key === only);
  if (only !== undefined && known === undefined) throw new Error(`there is no figure ${only}.\n${USAGE}`);
  if (only !== undefined && values['write-docs'])
    throw new Error('--write-docs writes all figures: leave out --only');

  const findings = await runAll(
    MEASUREMENTS.filter(({ keys }) => known === undefined || keys.includes(known)),
    async ({ measure }) => of(known, await measure(root, quick)),
    { eachMs: EACH_MS, allMs: minutesIn(values.minutes), clear: stopAllStands },
    {
      begins: ({ keys }) => console.error(`measuring ${keys.join(', ')} …`),
      ended: (found, seconds) => console.error(`${textReport(found)}\n(${Math.round(seconds)} s)\n`),
    },
  );
  if (json) console.log(JSON.stringify(asObject(findings), null, 2));
  else if (known === undefined) console.log(`\n${textReport(findings)}\n`);
  if (values['write-docs']) writeDocs(root, findings, `Temporal ${sdkVersion(root)}`);
  if (findings.unmeasured.length > 0) process.exitCode = 1;
}

function minutesIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const minutes = Number(text);
  if (!(minutes > 0)) throw new Error(`--minutes: ${JSON.stringify(text)} is no number above 0.`);
  return minutes * 60_000;
}

/** Of what a measurement found, what was asked for. */
function of(key: Key | undefined, { figures, sections = [], lines = [] }: Result): Result {
  for (const line of lines) console.error(line);
  const wanted = (each: { key: Key }) => key === undefined || each.key === key;
  return { figures: figures.filter(wanted), sections: sections.filter(wanted) };
}

function sdkVersion(root: string): string {
  const file = join(root, 'node_modules/@temporalio/worker/package.json');
  return `TypeScript SDK ${JSON.parse(readFileSync(file, 'utf8')).version}`;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error('stopping what was started …');
    void stopAllStands().finally(() => process.exit(130));
  });
}
try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stopAllStands();
  // What was given up may still wait for something.
  process.exit();
}
