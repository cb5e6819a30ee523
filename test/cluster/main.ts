// `npm run test:cluster`, from its compiled form: brings up a Temporal cluster, and runs the system tests on it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster } from './cluster.ts';
import { LEFT_OUT } from './left-out.ts';
import { programsOf } from './programs.ts';
import { rootOf } from './root.ts';

const ROOT = fileURLToPath(rootOf());
const say = (line: string) => console.log(`cluster: ${line}`);
/** What shows on a cluster alone. */
const ALSO = ['test/temporal/search-attributes.test.ts'];
const given = process.argv.slice(2);

const dir = mkdtempSync(join(tmpdir(), 'cluster-'));
const cluster = await startCluster(dir, programsOf(process.env), say);
say(`the frontend is ${cluster.address}; logs are in ${dir}`);
try {
  process.exitCode = await runTests();
} finally {
  await cluster.stop();
}

/** The exit code of vitest; with names of system tests, those alone. */
async function runTests(): Promise<number> {
  const names = readdirSync(join(ROOT, 'test/system'))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => basename(file, '.test.ts'));
  const wanted = names.filter((name) => (given.length === 0 ? !(name in LEFT_OUT) : given.includes(name)));
  for (const [name, why] of Object.entries(LEFT_OUT)) say(`${name} is left out: ${why}`);
  const files = [...wanted.map((name) => `test/system/${name}.test.ts`), ...ALSO];
  const tests = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...files], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, TEST_TEMPORAL_ADDRESS: cluster.address },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => tests.kill(signal));
  const [code] = (await once(tests, 'close')) as [number | null];
  return code ?? 1;
}
