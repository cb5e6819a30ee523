import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { idleHour, perTask } from './cost.ts';
import { dispatch } from './dispatch.ts';
import { asObject, type Figure, KEYS, type Measurement } from './figures.ts';
import { loss } from './loss.ts';
import { pass } from './pass.ts';
import { textTable } from './report.ts';
import { scale } from './scale.ts';
import { stopAllStands } from './stand.ts';
import { measureSteps } from './steps.ts';
import { throughput } from './throughput.ts';
import { traceTurnaround } from './trace.ts';
import { turnaround } from './turnaround.ts';
import { writeDocs } from './write-docs.ts';

const MEASUREMENTS: Measurement[] = [turnaround, dispatch, pass, throughput, loss, perTask, idleHour, scale];
const LOOKS = { trace: traceTurnaround, steps: measureSteps };

const USAGE = `Usage: npm run bench -- [--json] [--only KEY] [--quick] [--write-docs]

  --json        one object on stdout; the table goes to stderr
  --only KEY    one figure: ${KEYS.join(', ')};
                or how the time is spent: trace (one slot's turnaround, step by step), steps (each step by itself)
  --quick       small numbers, to see that it works; not worth comparing
  --write-docs  also writes docs/performance.md`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { only, json, quick } = values;
  if (values.help) return console.log(USAGE);
  if (process.platform !== 'linux') throw new Error('the bench reads /proc, so it needs Linux');
  // Where scripts/bench.mjs starts it.
  const root = process.cwd();
  if (only === 'trace' || only === 'steps') {
    for (const line of await LOOKS[only](root, quick)) console.log(line);
    return;
  }
  const known = KEYS.find((key) => key === only);
  if (only !== undefined && known === undefined) throw new Error(`there is no figure ${only}.\n${USAGE}`);
  if (only !== undefined && values['write-docs'])
    throw new Error('--write-docs writes all figures: leave out --only');

  const figures: Figure[] = [];
  for (const { keys, measure } of MEASUREMENTS) {
    if (known !== undefined && !keys.includes(known)) continue;
    console.error(`measuring ${keys.join(', ')} …`);
    const { figures: found, lines = [] } = await measure(root, quick);
    for (const line of lines) console.error(line);
    const wanted = found.filter(({ key }) => known === undefined || key === known);
    // At once, so that nothing is lost if a later one fails.
    if (known === undefined) console.error(`${textTable(wanted)}\n`);
    figures.push(...wanted);
  }
  figures.sort((a, b) => KEYS.indexOf(a.key) - KEYS.indexOf(b.key));
  const table = `\n${textTable(figures)}\n`;
  if (json) {
    console.error(table);
    console.log(JSON.stringify(asObject(figures), null, 2));
  } else console.log(table);
  if (values['write-docs']) writeDocs(root, figures, `Temporal ${sdkVersion(root)}`);
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
}
