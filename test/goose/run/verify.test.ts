import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runVerify, type VerifySpec } from '../../../goose/run/verify.ts';
import { RUN_TOKEN_VARIABLE } from '../../../goose/start/marks.ts';
import { eventually } from '../../support/eventually.ts';
import { findByToken } from '../../support/find-by-token.ts';
import { stubRun, temporaryFolder } from '../../support/stub-runs.ts';

const FOREVER = new AbortController().signal;

function spec(folder: string, command: readonly string[], change: Partial<VerifySpec> = {}): VerifySpec {
  const { env, token } = stubRun('answers', folder);
  const log = { dir: folder, name: 'verify.log', maxBytes: 100_000 };
  return { command, env, token, cwd: folder, log, maxRuntimeSec: 60, graceMs: 300, ...change };
}
const sh = (script: string) => ['sh', '-c', script];

test('it runs where goose ran, with its environment, and its output is in a log of its own', async () => {
  using folder = temporaryFolder();
  const wanted = spec(folder.path, sh(`pwd; echo $${RUN_TOKEN_VARIABLE}; echo seen >&2`));
  const result = await runVerify(wanted, { signal: FOREVER });
  expect(result).toMatchObject({ verdict: undefined, stopped: undefined, logName: 'verify.log' });
  expect(result.lines.toSorted()).toEqual([folder.path, '…', 'seen'].toSorted());
  const log = readFileSync(join(folder.path, 'verify.log'), 'utf8').split('\n');
  expect(log.toSorted()).toEqual(['', folder.path, wanted.token, 'seen'].toSorted());
});

test.each<[string, readonly string[], Partial<VerifySpec>, RegExp]>([
  ['a code', sh('exit 3'), {}, /^verify: sh exited with code 3$/],
  ['a signal', sh('kill -9 $$'), {}, /^verify: sh was ended by SIGKILL$/],
  ['no end', sh('sleep 60 & wait'), { maxRuntimeSec: 1 }, /^verify: sh did not end within 1 s$/],
  [
    'no such program',
    ['nothing-like-it'],
    {},
    /^verify: nothing-like-it could not be started: there is no nothing-like-it$/,
  ],
  ['no such file', ['./check'], {}, /^verify: check could not be started: there is no \.\/check$/],
  ['a file that is no program', ['./text'], {}, /^verify: text could not be started: .* not permitted/],
  // Whatever it says when it is asked to end.
  [
    'a late success',
    sh('trap "exit 0" TERM; sleep 60 & wait'),
    { maxRuntimeSec: 1 },
    /did not end within 1 s/,
  ],
])('%s does not verify, and nothing is left of it', async (_, command, change, reason) => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'text'), 'no program');
  const wanted = spec(folder.path, command, change);
  const { verdict } = await runVerify(wanted, { signal: FOREVER });
  expect(verdict).toEqual({ kind: 'not-verified', reason: expect.stringMatching(reason) });
  expect(await findByToken(wanted.token)).toEqual([]);
});

test('a program is found from where it runs, and arguments are no shell’s', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'check'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  chmodSync(join(folder.path, 'check'), 0o755);
  const { verdict, lines } = await runVerify(spec(folder.path, ['./check', '$HOME; ls', '']), {
    signal: FOREVER,
  });
  expect([verdict, lines]).toEqual([undefined, ['$HOME; ls']]);
});

test('what it leaves behind is ended', async () => {
  using folder = temporaryFolder();
  const wanted = spec(folder.path, sh('sleep 60 & setsid sleep 60 & exit 0'));
  expect((await runVerify(wanted, { signal: FOREVER })).verdict).toBeUndefined();
  expect(await findByToken(wanted.token)).toEqual([]);
});

test('it is stopped as goose is, for the reason given', async () => {
  using folder = temporaryFolder();
  const controller = new AbortController();
  const wanted = spec(folder.path, sh('sleep 60 & wait'));
  const running = runVerify(wanted, { signal: controller.signal });
  await eventually('it runs', async () => (await findByToken(wanted.token)).length > 0);
  controller.abort({ why: 'lease-lost', detail: 'the server gave the run up' });
  expect(await running).toMatchObject({
    verdict: { kind: 'worker-lost', reason: 'the server gave the run up' },
    stopped: { why: 'lease-lost' },
  });
  expect(await findByToken(wanted.token)).toEqual([]);
});

test('it does not start where the lease is lost', async () => {
  using folder = temporaryFolder();
  const obstacle = () => ({ why: 'lease-lost' as const, detail: 'no answer' });
  const { verdict, lines } = await runVerify(spec(folder.path, sh('echo ran')), {
    signal: FOREVER,
    obstacle,
  });
  expect([verdict?.kind, lines]).toEqual(['worker-lost', []]);
});

test('what it gives away of its environment is in its log, and in no comment', async () => {
  using folder = temporaryFolder();
  const wanted = spec(folder.path, sh('echo "$A_TOKEN"; printf "%0190d" 0; echo "$A_TOKEN"; echo "$A_KEY"'));
  const env = { ...wanted.env, A_TOKEN: 'hunter2hunter2', A_KEY: 'begin\nsecret\nend' };
  const { lines } = await runVerify({ ...wanted, env }, { signal: FOREVER });
  expect(lines).toEqual(['…', `${'0'.repeat(190)}…`, '…']);
});
