import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SchedulerEvent } from '../../../activities/events.ts';
import { judge } from '../../../domain/attempt/judge.ts';
import type { Verdict } from '../../../domain/attempt/verdict.ts';
import { withoutSecrets } from '../../../domain/secret-values.ts';
import { preflight } from '../../../goose/preflight.ts';
import { gooseVersion } from '../../../goose/program/program.ts';
import { refusal } from '../../../goose/recipe/refusal.ts';
import { runGoose } from '../../../goose/run/run.ts';
import { sayAttempt } from '../../../words/attempt.ts';
import { Log } from '../../../workers/log/log.ts';
import { type Recording, readAll, readRecording } from '../../support/goose-recording.ts';
import { stubRun, temporaryFolder } from '../../support/stub-runs.ts';

/** One that no rule knows: it is in no environment, for instance since goose has it from a keyring. */
const SECRET = 'sk-Zq81xW_hunter2';
const NAMEABLE = { hosts: ['127.0.0.1:9'], extensions: ['127_0_0_1_9_mcp'], log: 'task_42_attempt_1_a.log' };
const OWN = { name: 'tinytask', url: 'http://127.0.0.1:9/mcp' };
const RECORDINGS = readdirSync(new URL('../../fixtures/goose/', import.meta.url)).map((name) =>
  readRecording(name.replace(/\.txt$/, '')),
);

const judged = (stdout: string, stderr = '', exitCode: number | null = 1): Verdict =>
  judge({ ...readAll(stdout, stderr).facts, exitCode, signal: null, ownExtension: OWN, nameable: NAMEABLE });

/** All that leaves this host of a verdict: its reason, which memos and `status` show, the comment, the lines of the log. */
function whatLeaves(verdict: Verdict): string {
  const result = { verdict, claimed: true, log: 'a.log', host: 'h', seconds: 1, turns: 1, tokens: null };
  const ids = { taskId: 42, agent: 'vaela', attempt: 1, runId: 'run' };
  const comment = sayAttempt({
    ...{ task: { id: 42, createdAt: 'x', title: 't' }, number: 1, used: 1, maxAttempts: 3, result },
    ...{ outcome: { task: 'returned' }, follow: { next: 'back-off', untilMs: 0 } },
  } as unknown as Parameters<typeof sayAttempt>[0]);
  const lines: string[] = [];
  const log = new Log([{ level: 'DEBUG', to: (line) => lines.push(JSON.stringify(line)) }]);
  log.tell({ what: 'attempt-ended', ...ids, result } as SchedulerEvent);
  log.tell({ what: 'attempt-ended', ...ids, result: { ...result, claimed: false } } as SchedulerEvent);
  return [verdict.reason, comment, ...lines].join('\n');
}

const message = (content: unknown, metadata = {}, id: unknown = 'm') =>
  `${JSON.stringify({ type: 'message', message: { id, role: 'assistant', content: [content], metadata } })}\n`;

describe('a secret in what goose writes stays in the log', () => {
  test.each<[string, stdout: string, stderr: string]>([
    ['a first line of stderr', '', `Error: provider refused key ${SECRET}\n`],
    ['the same after a banner', `  error: provider refused key ${SECRET}\n`, ''],
    ['a line that goes on', '', `Error: Invalid recipe: \n${SECRET}\n`],
    [
      'a complaint that is known',
      '',
      `Error: Please provide the following parameters: --params ${SECRET}=x\n`,
    ],
    ['a parameter', '', `Error: Unnecessary parameter definitions: task_id, ${SECRET}\n`],
    ['a file', '', `Error: Failed to read recipe file ${SECRET}: No such file\n`],
    ['a kind', '', `Error: title: invalid type: string "${SECRET}", expected ${SECRET}\n`],
    ['a key', '', `Error: ${SECRET.replace(/-/g, '_')}: missing field \`title\`\n`],
    ['an extension', '', `  ⚠ Failed to start extension '${SECRET}' (${SECRET})\n`],
    ['our extension', '', `  ⚠ Failed to start extension '${SECRET}' (at ${OWN.url} ${SECRET})\n`],
    ['a host', message({ type: 'text', text: `Network error: Could not connect to ${SECRET}.` }), ''],
    [
      'a status',
      message({
        type: 'text',
        text: 'Ran into this error: Server error: Server error (500 hunter two words) at x: y',
      }),
      '',
    ],
    ['a kind of an error', message({ type: 'error', kind: SECRET, message: SECRET }), ''],
    ['an error event', `${JSON.stringify({ type: 'error', error: `Failed: ${SECRET}` })}\n`, ''],
    ['an error that is an object', `${JSON.stringify({ type: 'error', error: { [SECRET]: SECRET } })}\n`, ''],
    ['the answer', message({ type: 'text', text: SECRET }, { inference: {} }), ''],
    [
      'an answer that is cut',
      message({ type: 'text', text: SECRET }, { outputTokenLimitReached: true, inference: {} }),
      '',
    ],
    ['usage', `${JSON.stringify({ type: 'complete', total_tokens: SECRET })}\n`, ''],
  ])('%s', (_, stdout, stderr) => {
    for (const exitCode of [0, 1, 127, null]) {
      const told = whatLeaves(judged(stdout, stderr, exitCode));
      expect(told).not.toContain(SECRET);
      expect(told).not.toContain(SECRET.replace(/-/g, '_'));
      expect(told).not.toContain('hunter');
    }
  });

  test('whatever stands in its place in what goose was recorded to write', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/=_%.:@-]{12,40}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...RECORDINGS),
        fc.constantFrom<'stdout' | 'stderr'>('stdout', 'stderr'),
        fc.nat(),
        secret,
        fc.constantFrom(0, 1, null),
        (recording, stream, at, value, exitCode) => {
          const words = [...recording[stream].matchAll(/[\w.:/-]+/g)];
          const word = words[at % Math.max(1, words.length)];
          const from = word?.index ?? 0;
          const text = `${recording[stream].slice(0, from)}${value}${recording[stream].slice(from + (word?.[0].length ?? 0))}`;
          const changed: Recording = { ...recording };
          changed[stream] = text;
          const { stdout, stderr } = changed;
          expect(whatLeaves(judged(stdout, stderr, exitCode))).not.toContain(value);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('what is known from elsewhere is told, and where to look for the rest', () => {
    const unreachable = message({
      type: 'text',
      text: 'Network error: Could not connect to 127.0.0.1:9 — x',
    });
    expect(judged(unreachable).reason).toBe('the model at 127.0.0.1:9 cannot be reached');
    expect(judged('', `Error: ${SECRET}\n`).reason).toBe(`goose did not start: see ${NAMEABLE.log}`);
    expect(judged(message({ type: 'text', text: SECRET })).reason).toMatch(/see task_42_attempt_1_a\.log$/);
  });

  test('of a real run with the secret in its environment, recipe and settings', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'goose');
    writeFileSync(file, `#!/bin/sh\necho "Error: provider refused key $KEY at $HOST" >&2\nexit 1\n`);
    chmodSync(file, 0o755);
    const spec = stubRun('answers', folder.path);
    const env = { ...spec.env, KEY: SECRET, HOST: `http://user:${SECRET}@host:1/${SECRET}` };
    const result = await runGoose(
      { ...spec, command: { file, args: [] }, env },
      { signal: new AbortController().signal },
    );
    expect(result.verdict).toEqual({ kind: 'misconfigured', reason: 'goose did not start: see attempt.log' });
    expect(readFileSync(join(folder.path, 'attempt.log'), 'utf8')).toContain(SECRET);
  });
});

describe('a secret in what goose says of a recipe', () => {
  const TEXT = `title: t\ndescription: d\nprompt: "{{ ticket }} and {{ x | upper }}"\nsub_recipes:\n  - {name: s, path: parts/a.yaml}\nsettings:\n  token: ${SECRET}\n`;
  test.each([
    ['Missing definitions for parameters in the recipe file: <>', /file: …; declare/],
    ['Missing definitions for parameters in the recipe file: ticket, <>', /file: ticket, …; declare/],
    ['Sub-recipe file does not exist: /<>/parts/a.yaml', /exist: parts\/a\.yaml; write/],
    ['Invalid recipe: <>[0].type: unknown variant `<>`, expected one of `<>`', /^unknown variant$/],
    ['missing field `<>`', /^missing field `…`/],
    [
      'unknown filter: filter <> is unknown (in recipe:3)',
      /^unknown filter: filter … is unknown \(line 3\)$/,
    ],
    ['supporting <> exceeds the maximum encoded size of 5 bytes', /size of 5 bytes; make it smaller$/],
    ['JSON schema validation failed: "<>" is not valid', /^JSON schema validation failed; /],
    ['<>', undefined],
    ['Request failed: <>', undefined],
  ])('%s', (complaint, says) => {
    const said = refusal(complaint.replaceAll('<>', SECRET), TEXT);
    if (says === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(says);
    expect(said ?? '').not.toContain(SECRET);
  });

  /** A goose that can be asked; `shows` is what it does with a recipe. */
  async function asked(folder: string, shows: string, version = 'echo 1.52.0') {
    const gooseBin = join(folder, 'goose');
    const answers = `case "$*" in *--help*) echo '--recipe stream-json --render-recipe';; *--render*) ${shows};; info) echo "Config yaml: /${SECRET}";; *) ${version};; esac`;
    writeFileSync(gooseBin, `#!/bin/sh\n${answers}\n`);
    chmodSync(gooseBin, 0o755);
    writeFileSync(join(folder, 'vaela.yaml'), 'title: t\ndescription: d\nprompt: p\n');
    const dirs = {
      workingDir: folder,
      logDir: folder,
      runningDir: folder,
      recipesDir: folder,
      basePath: folder,
    };
    const queue = `$(${SECRET})'`;
    const env = { PATH: process.env.PATH, HOME: folder };
    const result = await preflight({ ...dirs, gooseBin, agent: 'vaela', tags: [], queue, env });
    return { reason: result.ok ? '' : result.verdict.reason, version: await gooseVersion(gooseBin, env) };
  }

  test.each([
    [
      'a complaint',
      `echo 'Error: ${SECRET}' >&2; exit 1`,
      /goose does not take the recipe .*: it answers 1; to see why, run: .*goose run --recipe .*--render-recipe$/,
    ],
    [
      'names of extensions',
      `printf 'prompt: p\\nextensions: [{name: ${SECRET}}, {name: ${SECRET}}]\\n'`,
      /two of its extensions are of one name/,
    ],
    ['where its settings are', `printf 'prompt: p\\n'`, /^goose has no model provider/],
  ])('%s, on the way through the preflight', async (_, shows, says) => {
    using folder = temporaryFolder();
    const { reason } = await asked(folder.path, shows);
    expect(reason).toMatch(says);
    expect(reason).not.toContain(SECRET);
  });

  test('its version is numbers', async () => {
    using folder = temporaryFolder();
    expect((await asked(folder.path, 'true', `echo 1.2-${SECRET}`)).version).toBeUndefined();
    expect((await asked(folder.path, 'true', 'echo " 1.52.0"')).version).toBe('1.52.0');
  });
});

test('values of secret variables are masked in what others put into their errors', () => {
  const environment = { OPENAI_API_KEY: SECRET, LONGER_TOKEN: `${SECRET}-more`, HOME: '/root', X_KEY: 'a' };
  const text = `401 for ${SECRET} and ${SECRET}-more in /root, a`;
  expect(withoutSecrets(text, environment)).toBe('401 for … and … in /root, a');
});
