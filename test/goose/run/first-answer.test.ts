import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../domain/attempt/judge.ts';
import { StreamReader } from '../../../goose/run/stream-reader.ts';
import { readRecording } from '../../support/goose-recording.ts';

/** The line of stdout that makes it certain that the model has answered; undefined where it never is. */
const RECORDED: [name: string, certainAt: string | undefined][] = [
  ['success-stream-json', '"type":"complete"'],
  ['success-no-usage-stream-json', '"type":"complete"'],
  ['output-limit-cut-stream-json', '"type":"complete"'],
  ['tool-call-stream-json', '"type":"toolRequest"'],
  ['max-turns-stream-json', '"type":"toolRequest"'],
  ['model-500-after-tool-stream-json', '"type":"toolRequest"'],
  ['model-cut-after-tool-stream-json', '"type":"toolRequest"'],
  ['model-quota-after-tool-stream-json', '"type":"toolRequest"'],
  ['model-empty-answer-stream-json', undefined],
  ['model-http-500-stream-json', undefined],
  ['model-unreachable-stream-json', undefined],
  ['model-stream-cut-stream-json', undefined],
  ['model-bad-key-stream-json', undefined],
  ['model-unknown-stream-json', undefined],
  ['no-provider', undefined],
  ['recipe-bad-yaml', undefined],
  ['recipe-missing', undefined],
  ['required-param-missing', undefined],
  ['sigterm-while-waiting', undefined],
  // The model answers, and the verdict is about the extension all the same.
  ['extension-unreachable-stream-json', undefined],
  // Never run with this format, so it is no evidence, whatever it says.
  ['model-unreachable-json', undefined],
  ['success-json', undefined],
];

/** Where that line ends, in bytes of stdout. */
function certainFrom(stdout: string, certainAt: string | undefined): number {
  const at = certainAt === undefined ? -1 : stdout.indexOf(certainAt);
  return at < 0 ? Number.POSITIVE_INFINITY : Buffer.byteLength(stdout.slice(0, stdout.indexOf('\n', at)));
}

interface Read {
  reader: StreamReader;
  calls: number;
}

/** Reads the pieces of stdout, after all of stderr; ends unless it `goesOn`. */
function read(pieces: readonly (Buffer | string)[], stderr = '', { goesOn = false } = {}): Read {
  const result = { calls: 0 };
  const reader = new StreamReader({
    onModelAnswered: () => {
      result.calls += 1;
    },
  });
  reader.stderr(Buffer.from(stderr));
  for (const piece of pieces) reader.stdout(Buffer.from(piece));
  if (!goesOn) reader.end();
  return Object.assign(result, { reader });
}

describe('in what goose was recorded to say', () => {
  test('no recording is left out', () => {
    const files = readdirSync(new URL('../../fixtures/goose/', import.meta.url));
    expect(RECORDED.map(([name]) => `${name}.txt`).sort()).toEqual(files.sort());
  });

  test.each(RECORDED)('%s, wherever it is cut off', (name, certainAt) => {
    const { stdout, stderr, exitCode } = readRecording(name);
    const bytes = Buffer.from(stdout);
    const from = certainFrom(stdout, certainAt);
    for (let end = 0; end <= bytes.length; end += 1) {
      const { calls, reader } = read([bytes.subarray(0, end)], stderr);
      expect(calls, `cut off at byte ${end}`).toBe(end >= from ? 1 : 0);
      const { kind } = judge({ ...reader.facts, exitCode, signal: null });
      // A model of which nothing but a failure is known has not answered.
      if (kind === 'model-unavailable' && reader.turns === 0) expect(calls).toBe(0);
    }
  });

  test.each(RECORDED)('%s, in the moment of that line and not later', (name, certainAt) => {
    const { stdout, stderr } = readRecording(name);
    const bytes = Buffer.from(stdout);
    const from = certainFrom(stdout, certainAt);
    let calls = 0;
    const reader = new StreamReader({
      onModelAnswered: () => {
        calls += 1;
      },
    });
    reader.stderr(Buffer.from(stderr));
    for (let at = 0; at < bytes.length; at += 1) {
      reader.stdout(bytes.subarray(at, at + 1));
      // The line feed tells that the line is whole.
      expect(calls, `after byte ${at}`).toBe(at >= from ? 1 : 0);
    }
  });

  test('in chunks of any size', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RECORDED),
        fc.array(fc.integer({ min: 1, max: 600 })),
        fc.nat(12_000),
        ([name, certainAt], sizes, end) => {
          const { stdout, stderr } = readRecording(name);
          const all = Buffer.from(stdout).subarray(0, end);
          const pieces: Buffer[] = [];
          let start = 0;
          for (const size of [...sizes, all.length]) {
            pieces.push(all.subarray(start, start + size));
            start += size;
          }
          return read(pieces, stderr).calls === (all.length >= certainFrom(stdout, certainAt) ? 1 : 0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const event = (fields: object) => `${JSON.stringify(fields)}\n`;
const message = (content: object[], metadata: object, role = 'assistant', id: string | null = 'c') =>
  event({ type: 'message', message: { id, role, content, metadata } });
const inference = { inference: { provider: 'openai' } };
const says = (text: string, id: string | null = 'c') =>
  message([{ type: 'text', text }], inference, 'assistant', id);
const thinks = message([{ type: 'thinking', thinking: 'hm', text: 'hm' }], inference);
const calls = (status: string, metadata: object = inference) =>
  message([{ type: 'toolRequest', id: 'x', toolCall: { status, value: { name: 'shell' } } }], metadata);
const toolAnswers = message(
  [{ type: 'toolResponse', id: 'x', toolResult: { status: 'success', value: {} } }],
  {},
  'user',
);
const complains = (text: string, id = 'own') => message([{ type: 'text', text }], {}, 'assistant', id);
const BROKE_OFF = complains('Network error: Stream decode error: error decoding response body');
const notice = message([{ type: 'systemNotification', notificationType: 'inlineMessage', msg: 'x' }], {});
const noCredits = message(
  [{ type: 'systemNotification', notificationType: 'creditsExhausted', msg: 'x' }],
  {},
);
const COMPLETE = event({ type: 'complete', total_tokens: 3 });
const ERROR = event({ type: 'error', error: 'x' });
const letters = (text: string, id: string | null = 'c') => [...text].map((letter) => says(letter, id));

describe('what is an answer', () => {
  test.each<[what: string, isAnswer: boolean, ...events: string[]]>([
    ['a text, when goose is complete', true, says('Done.'), COMPLETE],
    ['a text in letters', true, ...letters('All is well.'), COMPLETE],
    ['a text in letters without an id', true, ...letters('All is well.', null), COMPLETE],
    ['a text that goose answers', true, says('Done.'), message([], {}, 'user')],
    ['a text, with a notice after it', true, says('Done.'), notice, COMPLETE],
    ['a text after one that broke off', true, says('All is'), BROKE_OFF, says('All is well'), COMPLETE],
    ['a call of a tool, at once', true, calls('success')],
    ['a call of a tool after half a text', true, says('Let me'), calls('success')],
    ['a call of a tool, then a failure', true, calls('success'), toolAnswers, BROKE_OFF, COMPLETE],
    ['a text that begins like a complaint', true, says('Network'), says(' policies are fine'), COMPLETE],
    ['a text that has a complaint in it', true, says('I saw "Network error" in the log.'), COMPLETE],

    ['a text that may still break off', false, says('All is')],
    ['one without an id', false, says('All', null), says(' is', null)],
    ['one in several messages', false, says('All', 'a'), says(' is', 'b')],
    ['a text that broke off', false, says('All is'), BROKE_OFF, COMPLETE],
    ['one with the id of the complaint', false, says('All is'), complains('Network error', 'c'), COMPLETE],
    ['a text before an unknown complaint', false, says('All is'), complains('Something new'), COMPLETE],
    ['a text before an error', false, says('All is'), ERROR, COMPLETE],
    ['a text when credits are used up', false, says('All is'), noCredits, COMPLETE],
    ['a text before a line that cannot be read', false, says('All is'), '{"type":\n', COMPLETE],
    ['one before a line that is too long', false, says('All is'), `${'x'.repeat(1_100_000)}\n`, COMPLETE],
    ['a thought', false, thinks, COMPLETE],
    ['nothing', false, says(''), says(' \n'), COMPLETE],
    ['no message at all', false, COMPLETE],
    ['a call that goose could not read', false, calls('error')],
    ['a text with such a call', false, says('Let me look'), calls('error'), toolAnswers, COMPLETE],
    ["a call of goose's own", false, calls('success', {})],
    ["goose's own text", false, complains('All good.'), COMPLETE],
    ["a tool's answer", false, toolAnswers, COMPLETE],
    ['a complaint handed on by the model', false, says('Ran into this error: Something new'), COMPLETE],
    ['one in letters', false, ...letters('Network error: Could not connect to x'), COMPLETE],
    ['one in letters without an id', false, ...letters('Ran into this error: x', null), COMPLETE],
    ['one after blanks', false, says('\n'), says(' Ran into'), says(' this error: x'), COMPLETE],
    ['one about the context', false, says('Unable to continue: Context limit reached'), COMPLETE],
    ['one of many letters', false, says('Ran into this error: '), says('x'.repeat(10_000)), COMPLETE],
  ])('%s: %s', (_, isAnswer, ...events) => {
    expect(read(events, '', { goesOn: true }).calls).toBe(isAnswer ? 1 : 0);
    expect(read(events).calls).toBe(isAnswer ? 1 : 0);
  });

  test('it is told once', () => {
    const events = [calls('success'), toolAnswers, calls('success'), toolAnswers, says('Done.'), COMPLETE];
    expect(read(events).calls).toBe(1);
  });

  test('not where an extension did not start: the verdict is about that', () => {
    const failed = "  ⚠ Failed to start extension 'x' (no such program), continuing without it\n";
    expect(read([calls('success'), toolAnswers, says('Done.'), COMPLETE], failed).calls).toBe(0);
  });
});

/** What may come, and what it means for a text of the model's before it. */
const KINDS = [
  { line: says('well'), means: 'text' },
  { line: thinks, means: 'nothing' },
  { line: notice, means: 'nothing' },
  { line: calls('error'), means: 'broken' },
  { line: calls('success'), means: 'call' },
  { line: toolAnswers, means: 'whole' },
  { line: COMPLETE, means: 'whole' },
  { line: BROKE_OFF, means: 'broken' },
  { line: ERROR, means: 'broken' },
] as const;

test('whatever comes in whatever order, it is told just where there was an answer', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...KINDS), { maxLength: 8 }), (events) => {
      const means = events.map((each) => each.means);
      // By pattern: a call, or a text that nothing broke off before goose went on.
      const isAnswered = /call|text (?:(?:text|nothing) )*whole/.test(means.join(' '));
      const { calls: told, reader } = read(events.map(({ line }) => line));
      expect(told).toBe(isAnswered ? 1 : 0);
      const { kind } = judge({ ...reader.facts, exitCode: 0, signal: null });
      if (kind === 'completed' && means.at(-1) === 'whole') expect(told).toBe(1);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  [
    'throws',
    () => {
      throw new Error('no');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no'))],
])('a callback that %s does no harm', (_, onModelAnswered) => {
  const reader = new StreamReader({ onModelAnswered });
  for (const line of [calls('success'), toolAnswers, says('Done.'), COMPLETE])
    reader.stdout(Buffer.from(line));
  reader.end();
  expect(judge({ ...reader.facts, exitCode: 0, signal: null }).kind).toBe('completed');
  expect(reader.tokens?.total).toBe(3);
});
