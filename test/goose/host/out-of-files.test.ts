import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { buildOnce } from '../../support/build.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const SCRIPT = fileURLToPath(new URL('../../fixtures/without-files.mjs', import.meta.url));
const run = promisify(execFile);

/** What comes of something in a process that may open no more files. */
async function without(what: string): Promise<unknown> {
  using folder = temporaryFolder();
  const input = JSON.stringify({ build: await buildOnce(), folder: folder.path, what });
  const limited = ['-c', 'ulimit -n 200; exec "$@"', 'sh', process.execPath, SCRIPT, input];
  const { stdout } = await run('/bin/sh', limited, { timeout: 60_000 });
  return JSON.parse(stdout);
}

/** Where no more files can be opened, nobody may be taken for gone, nor a run or a record for none. */
test.each([
  ['lifeOf', { threw: 'EMFILE' }],
  ['readProcess', { threw: 'EMFILE' }],
  ['readLiving', { threw: 'EMFILE' }],
  ['readDescendants', { threw: 'EMFILE' }],
  ['identify', { threw: 'EMFILE' }],
  ['signalProcess', { gave: false }],
  ['readProcessTable', { threw: 'EMFILE' }],
  ['halfATable', { threw: 'EMFILE' }],
  ['noPs', { threw: 'SIGKILL' }],
  ['pidsIn', { threw: 'EMFILE' }],
  ['removeCgroup', { gave: 'gone' }],
  ['stop', { gave: 'gone' }],
  ['endEarlierAttempts', { threw: 'EMFILE' }],
  ['cleanUpBeside', { gave: true }],
  ['identifyStrictly', { threw: 'EMFILE' }],
  ['isAlive', { gave: true }],
  ['mayBeSignalled', { gave: false }],
  ['whoIsPresent', { threw: 'EMFILE' }],
  ['readEmbeddedState', { threw: 'EMFILE' }],
  ['oneAtATime', { gave: true }],
  ['hostWatch', { gave: { hasRuns: true, failed: 'EMFILE' } }],
])('%s', async (what, outcome) => {
  expect(await without(what)).toEqual(outcome);
});

test('what cannot be started then does not end who wants to start it', async () => {
  const reason = expect.stringContaining('out of processes, memory or open files (EMFILE)');
  expect(await without('start')).toEqual({ gave: { kind: 'misconfigured', reason } });
  expect(await without('runCommand')).toEqual({ threw: 'EMFILE' });
});
