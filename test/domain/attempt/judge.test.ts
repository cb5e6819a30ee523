import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, type RunFacts } from '../../../domain/attempt/judge.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';
import { factsOf, readAll, readRecording } from '../../support/goose-recording.ts';

/** Every recorded run of goose: the verdict and what its reason has to speak of. */
const RECORDED: [name: string, kind: VerdictKind, reason: RegExp][] = [
  ['success-stream-json', 'completed', /final answer/],
  ['success-no-usage-stream-json', 'completed', /final answer/],
  ['tool-call-stream-json', 'completed', /final answer/],
  ['max-turns-stream-json', 'agent-failed', /maximum number of turns/],
  ['output-limit-cut-stream-json', 'agent-failed', /output limit/],
  ['model-empty-answer-stream-json', 'agent-failed', /answered with nothing/],
  ['model-http-500-stream-json', 'model-unavailable', /500 Internal Server Error$/],
  ['model-500-after-tool-stream-json', 'model-unavailable', /500 Internal Server Error$/],
  ['model-unreachable-stream-json', 'model-unavailable', /^the model cannot be reached$/],
  ['model-stream-cut-stream-json', 'model-unavailable', /network/],
  ['model-cut-after-tool-stream-json', 'model-unavailable', /broke off/],
  ['model-quota-after-tool-stream-json', 'model-unavailable', /quota/],
  ['model-bad-key-stream-json', 'misconfigured', /API key/],
  ['model-unknown-stream-json', 'misconfigured', /GOOSE_MODEL/],
  ['no-provider', 'misconfigured', /No provider configured/],
  ['recipe-bad-yaml', 'misconfigured', /title: invalid type: sequence, expected a string$/],
  ['recipe-missing', 'misconfigured', /Failed to read the recipe file; see whether/],
  ['required-param-missing', 'misconfigured', /task_id/],
  // Never run with this format, so it is no evidence, whatever it says.
  ['model-unreachable-json', 'agent-failed', /without an answer/],
  ['success-json', 'agent-failed', /without an answer/],
];
/** Those that depend on more than the file, below. */
const SPECIAL = ['extension-unreachable-stream-json', 'sigterm-while-waiting'];

describe('what goose was recorded to say', () => {
  test.each(RECORDED)('%s is %s', (name, kind, reason) => {
    expect(judge(factsOf(readRecording(name)))).toEqual({ kind, reason: expect.stringMatching(reason) });
  });

  test('no recording is left out', () => {
    const files = readdirSync(new URL('../../fixtures/goose/', import.meta.url));
    const judged = [...RECORDED.map(([name]) => name), ...SPECIAL].map((name) => `${name}.txt`);
    expect(files.sort()).toEqual(judged.sort());
  });

  test('an unreachable TinyTask uses up no attempt; an extension of the recipe is to be mended', () => {
    const facts = factsOf(readRecording('extension-unreachable-stream-json'));
    const own = (name: string, url: string) => judge({ ...facts, ownExtension: { name, url } });
    const ours = { kind: 'tinytask-unavailable', reason: expect.stringContaining('TinyTask') };
    expect(own('127_0_0_1_9_mcp', 'http://elsewhere/mcp')).toEqual(ours);
    expect(own('tinytask', 'http://127.0.0.1:9/mcp')).toEqual(ours);
    const theirs = { kind: 'misconfigured', reason: expect.stringMatching(/^an extension did not start/) };
    expect(own('tinytask', 'http://127.0.0.1:9/mc')).toEqual(theirs);
    expect(judge(facts)).toEqual(theirs);
    // Its name is told where the recipe has it, as the recipe writes it.
    const nameable = { hosts: [], extensions: ['127 0_0_1:9_mcp', '127.0.0.1.9.mcp'], log: 'a.log' };
    const named = 'the extension "127.0.0.1.9.mcp" did not start';
    expect(judge({ ...facts, nameable }).reason).toContain(named);
  });

  test('a run that was ended is what ended it', () => {
    const recorded = factsOf(readRecording('sigterm-while-waiting'));
    const facts: RunFacts = { ...recorded, exitCode: null, signal: 'SIGTERM' };
    expect(judge(facts)).toEqual({
      kind: 'agent-failed',
      reason: 'goose was ended by SIGTERM from outside',
    });
    expect(judge({ ...facts, exitCode: 143, signal: null })).toEqual(judge(facts));
    const stops = [
      ['timed-out', 'timed-out'],
      ['stalled', 'stalled'],
      ['looping', 'looping'],
      ['cancelled', 'cancelled'],
      ['task-gone', 'cancelled'],
      ['shutdown', 'cancelled'],
      ['lease-lost', 'worker-lost'],
    ] as const;
    for (const [why, kind] of stops) {
      expect(judge({ ...facts, stopped: { why, detail: 'so it was' } })).toEqual({
        kind,
        reason: 'so it was',
      });
    }
  });
});

describe('whose trouble it is, where a tag of the task has named the recipe', () => {
  const nothing = { model: false, extensions: false };
  const model = { model: true, extensions: false };
  const extensions = { model: false, extensions: true };
  type Row = [name: string, brings: RunFacts['taskRecipe'], kind: VerdictKind];
  test.each<Row>([
    ['recipe-bad-yaml', undefined, 'misconfigured'],
    ['recipe-bad-yaml', nothing, 'task-misconfigured'],
    ['recipe-missing', nothing, 'task-misconfigured'],
    ['required-param-missing', nothing, 'task-misconfigured'],
    ['extension-unreachable-stream-json', extensions, 'task-misconfigured'],
    // goose's own configuration has brought it.
    ['extension-unreachable-stream-json', nothing, 'misconfigured'],
    ['no-provider', nothing, 'misconfigured'],
    ['no-provider', model, 'task-misconfigured'],
    ['model-bad-key-stream-json', nothing, 'misconfigured'],
    ['model-bad-key-stream-json', model, 'task-misconfigured'],
    ['model-unknown-stream-json', nothing, 'misconfigured'],
    ['model-unknown-stream-json', model, 'task-misconfigured'],
    // Nothing to mend.
    ['model-http-500-stream-json', model, 'model-unavailable'],
    ['max-turns-stream-json', model, 'agent-failed'],
  ])('%s, a recipe that brings %j', (name, taskRecipe, kind) => {
    const facts = factsOf(readRecording(name));
    expect(judge(taskRecipe === undefined ? facts : { ...facts, taskRecipe }).kind).toBe(kind);
  });

  test("a wrapper that finds no goose is the host's", () => {
    const facts = { ...readAll('').facts, exitCode: 127, signal: null, taskRecipe: model };
    expect(judge(facts).kind).toBe('misconfigured');
  });
});

test('a complaint that goes on in the next line, and a wrapper that finds no goose', () => {
  const stderr = 'Error: Invalid recipe: \nUnnecessary parameter definitions: x.\n\nStack backtrace:\n';
  const { reason } = judge({ ...readAll('', stderr).facts, exitCode: 1, signal: null });
  expect(reason).toBe(
    'goose did not start: Unnecessary parameter definitions: …; use it, or remove it from "parameters"',
  );
  expect(judge({ ...readAll('').facts, exitCode: 127, signal: null }).kind).toBe('misconfigured');
});

describe('what goose says in its own name', () => {
  const own = (text: string) => message({ content: [{ type: 'text', text }], metadata: {} });
  const error = (kind: string) => message({ content: [{ type: 'error', kind, message: 'x' }], metadata: {} });
  const credits = { type: 'systemNotification', notificationType: 'creditsExhausted', msg: 'Please pay' };

  test.each<[string, string, VerdictKind]>([
    ['rate limit', own('Ran into this error: Rate limit exceeded: x.'), 'model-unavailable'],
    ['credits', message({ content: [credits], metadata: {} }), 'model-unavailable'],
    ['timeout', own('Network error: Request timed out'), 'model-unavailable'],
    ['bad request', own('Ran into this error: Request failed: Bad request (400): x'), 'agent-failed'],
    ['context', own('Ran into this error: Context length exceeded: x'), 'agent-failed'],
    ['compaction', own('Ran into this error trying to compact: Failed to compact: x'), 'agent-failed'],
    ['checks', own('Maximum retry attempts (3) exceeded. Unable to complete the task.'), 'agent-failed'],
    ['authentication', error('authentication'), 'misconfigured'],
    ['server', error('server'), 'model-unavailable'],
    ['a kind of an object', error('constructor'), 'agent-failed'],
    ['a body that plays tricks', own('Sorry. Network error: 500, Rate limit exceeded'), 'agent-failed'],
  ])('%s', (_, stdout, kind) => {
    expect(judge({ ...readAll(stdout).facts, exitCode: 0, signal: null }).kind).toBe(kind);
  });

  test('reasons hold nothing from a response body or a prompt', () => {
    const secret = 'hunter2';
    const texts = [
      `Ran into this error: Server error: Server error (500 Internal Server Error) at http://u:${secret}@h/: ${secret}.`,
      `Ran into this error: Request failed: ${secret}`,
      `Something new: ${secret}`,
    ];
    for (const text of texts) {
      const { reason } = judge({ ...readAll(own(text)).facts, exitCode: 0, signal: null });
      expect(reason).not.toContain(secret);
    }
    const stderr = `Error: Invalid recipe: prompt: invalid type: string "${secret} \\" ${secret}", expected a map\n`;
    const start = judge({ ...readAll('', stderr).facts, exitCode: 1, signal: null });
    expect(start.kind).toBe('misconfigured');
    expect(start.reason).not.toContain(secret);
  });
});

test('a recipe with a response ends with a message of goose that repeats the final output', () => {
  const call = { name: 'recipe__final_output', arguments: { result: 'x', more: [1] } };
  const asked = message({
    content: [{ type: 'toolRequest', toolCall: { value: call } }],
    metadata: { inference: {} },
  });
  const ended = (text: string) => message({ content: [{ type: 'text', text }], metadata: {} });
  const verdict = (...lines: string[]) =>
    judge({ ...readAll(lines.join('')).facts, exitCode: 0, signal: null }).kind;
  expect(verdict(asked, ended('{"result":"x","more":[1]}'))).toBe('completed');
  expect(verdict(asked, ended('{"result":"y","more":[1]}'))).toBe('agent-failed');
  expect(verdict(ended('{"result":"x","more":[1]}'))).toBe('agent-failed');
  expect(verdict(asked)).toBe('agent-failed');
});

test('whatever goose writes, it has completed only if the model had the last word', () => {
  const text = fc.constantFrom<Record<string, unknown>>(
    { type: 'text', text: 'hi' },
    { type: 'text', text: ' ' },
    { type: 'thinking', thinking: 'hm' },
    { type: 'toolRequest', toolCall: { value: { name: 'shell', arguments: {} } } },
  );
  const part = fc.record({
    id: fc.constantFrom('a', 'b'),
    role: fc.constantFrom('assistant', 'assistant', 'user'),
    content: fc.array(text, { maxLength: 2 }),
    metadata: fc.constantFrom<Record<string, unknown>>(
      {},
      { inference: {} },
      { inference: {} },
      { inference: {}, outputTokenLimitReached: true },
    ),
  });
  type Part = typeof part extends fc.Arbitrary<infer T> ? T : never;

  let completed = 0;
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.constantFrom(0, 0, 1, null), (parts, exitCode) => {
      const stdout = parts.map((each) => `${JSON.stringify({ type: 'message', message: each })}\n`).join('');
      const verdict = judge({ ...readAll(stdout).facts, exitCode, signal: null });
      if (verdict.kind !== 'completed') return;
      completed += 1;
      const merged = lastMerged(parts);
      expect(exitCode).toBe(0);
      expect(merged.every(({ metadata }) => 'inference' in metadata)).toBe(true);
      expect(merged.some(({ metadata }) => 'outputTokenLimitReached' in metadata)).toBe(false);
      const texts = merged.flatMap(({ content }) => content.map((each) => String(each.text ?? '').trim()));
      expect(texts.join('')).not.toBe('');
    }),
    { numRuns: 2000 },
  );
  expect(completed).toBeGreaterThan(50);

  /** The rule as it is told: the last assistant message, all parts with one id that follow each other. */
  function lastMerged(parts: Part[]): Part[] {
    const last = parts.findLastIndex(({ role }) => role === 'assistant');
    const merged: Part[] = [];
    for (let i = last; i >= 0; i -= 1) {
      const each = parts[i];
      if (each?.role !== 'assistant' || each.id !== parts[last]?.id) break;
      if ('inference' in each.metadata !== 'inference' in (parts[last]?.metadata ?? {})) break;
      merged.unshift(each);
    }
    return merged;
  }
});

function message(fields: { content: unknown[]; metadata: Record<string, unknown> }): string {
  return `${JSON.stringify({ type: 'message', message: { id: 'm', role: 'assistant', ...fields } })}\n`;
}
