import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const CLOCK = new URL('clock-ahead.mjs', import.meta.url);
const AHEAD_MS = 90_000;

/** What Node says of its clock, in milliseconds since 1970. */
async function saidBy(script: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: `--import=${CLOCK.href}`, CHAOS_CLOCK_AHEAD_MS: String(AHEAD_MS) },
  });
  return JSON.parse(stdout) as number[];
}

const HERE = 'JSON.stringify([Date.now(), new Date().getTime(), Date.parse(Date())])';

test.each([
  ['a process', `console.log(${HERE})`],
  [
    'what it starts, as a worker starts its guardian',
    `require('child_process').execFile(process.execPath, ['-e', ${JSON.stringify(`console.log(${HERE})`)}], (error, out) => console.log(out))`,
  ],
  [
    'a thread of it, where workflows run',
    `const { Worker } = require('worker_threads');
     const code = ${JSON.stringify(`import { parentPort } from 'node:worker_threads'; parentPort.postMessage(${HERE})`)};
     new Worker(new URL('data:text/javascript,' + encodeURIComponent(code))).once('message', (said) => console.log(said))`,
  ],
])('the clock is ahead in %s', async (_, script) => {
  const beforeMs = Date.now();
  const said = await saidBy(script);
  const afterMs = Date.now();
  expect(said).toHaveLength(3);
  for (const atMs of said) {
    // A text of a time has whole seconds.
    expect(atMs).toBeGreaterThanOrEqual(beforeMs + AHEAD_MS - 1_000);
    expect(atMs).toBeLessThanOrEqual(afterMs + AHEAD_MS);
  }
});

test('a given time stays what it is, and is a Date', async () => {
  const script = `const at = new Date(5); console.log(JSON.stringify([at.getTime(), Number(at instanceof Date), Date.UTC(1970, 0, 1)]))`;
  expect(await saidBy(script)).toEqual([5, 1, 0]);
});
