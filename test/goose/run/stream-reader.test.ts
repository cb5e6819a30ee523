import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { judge } from '../../../domain/attempt/judge.ts';
import { LineSplitter } from '../../../goose/run/lines.ts';
import { StreamReader } from '../../../goose/run/stream-reader.ts';
import { eventually } from '../../support/eventually.ts';
import { factsOf, readAll, readRecording } from '../../support/goose-recording.ts';

const ANSWER = `${JSON.stringify({
  type: 'message',
  message: {
    id: 'a',
    role: 'assistant',
    content: [{ type: 'text', text: 'grüße 🪿' }],
    metadata: { inference: {} },
  },
})}\n`;

test.each([1, 2, 7, 1000])('chunks of %i bytes, letters cut in two, change nothing', (chunkBytes) => {
  const lines: string[] = [];
  const splitter = new LineSplitter(
    100,
    (line) => lines.push(line),
    () => lines.push('dropped'),
  );
  const bytes = Buffer.from('grüße 🪿\n\nzwei\nrest');
  for (let i = 0; i < bytes.length; i += chunkBytes) splitter.push(bytes.subarray(i, i + chunkBytes));
  splitter.end();
  expect(lines).toEqual(['grüße 🪿', '', 'zwei', 'rest']);

  const recording = readRecording('model-cut-after-tool-stream-json');
  expect(factsOf(recording, chunkBytes)).toEqual(factsOf(recording));
});

test('a line that is too long is dropped as it comes, and the next one is read', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter(
    10,
    (line) => lines.push(line),
    () => lines.push('(dropped)'),
  );
  splitter.push(Buffer.from('0123456789\n01234567890\n0123'));
  splitter.push(Buffer.from('45678901234\nok\n01234567890'));
  splitter.end();
  expect(lines).toEqual(['0123456789', '(dropped)', '(dropped)', 'ok', '(dropped)']);
});

test('a line of 50 MB takes no memory and counts as unreadable', async () => {
  const reader = new StreamReader();
  const part = Buffer.alloc(64 * 1024, 'x');
  reader.stdout(Buffer.from('{"type":'));
  const before = heldBytes();
  for (let sent = 0; sent < 50_000_000; sent += part.length) reader.stdout(Buffer.from(part));
  // Freed by a thread of V8's own, which may be late on a busy machine.
  await eventually('the memory is free again', () => heldBytes() - before < 2_000_000);
  reader.stdout(Buffer.from(`\n${ANSWER}`));
  reader.end();
  expect(reader.facts.unreadableLines).toBe(1);
  expect(judge({ ...reader.facts, exitCode: 0, signal: null }).kind).toBe('completed');
});

/** Buffers that somebody still holds. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

test('tokens and turns are counted for people', () => {
  const { stdout } = readRecording('tool-call-stream-json');
  expect(readAll(stdout).tokens).toEqual({ total: 240, input: 200, output: 40 });
  expect(readAll(stdout).turns).toBe(2);
  expect(readAll(ANSWER).tokens).toBeNull();
  expect(readAll(ANSWER + ANSWER).turns).toBe(1);
});

test('nothing of prompts or answers is kept', () => {
  const { facts } = readAll(ANSWER);
  expect(JSON.stringify(facts)).not.toContain('grüße');
});

const TOOL_LOST =
  '-32603: Transport send error: Transport [worker] error: Client error: error sending request for url (http://127.0.0.1:9/mcp)';
const toolResponse = (toolResult: object) =>
  `${JSON.stringify({ type: 'message', message: { id: 'm', role: 'user', content: [{ type: 'toolResponse', id: 'c', toolResult }] } })}\n`;
const ownExtension = { name: '127_0_0_1_9_mcp', url: 'http://127.0.0.1:9/mcp' };

test.each([
  ['is lost', [{ status: 'error', error: TOOL_LOST }], 'tinytask-unavailable'],
  ['is refused', [{ status: 'success', value: { content: [], isError: true } }], 'completed'],
  [
    'arrives after one that was lost',
    [
      { status: 'error', error: TOOL_LOST },
      { status: 'success', value: { content: [] } },
    ],
    'completed',
  ],
])('an answer of the model after a call to TinyTask that %s', (_, results, kind) => {
  const reader = new StreamReader();
  for (const result of results) reader.stdout(Buffer.from(toolResponse(result)));
  reader.stdout(Buffer.from(ANSWER));
  reader.end();
  expect(judge({ ...reader.facts, exitCode: 0, signal: null, ownExtension }).kind).toBe(kind);
});

const inference = { metadata: { inference: {} } };
const toolCall = (value: object, change: object = inference) =>
  `${JSON.stringify({ type: 'message', message: { id: 'm', role: 'assistant', content: [{ type: 'toolRequest', id: 'c', toolCall: { status: 'success', value } }], ...change } })}\n`;
const brokenOff = (error: string) =>
  `${JSON.stringify({ type: 'message', message: { id: 'm', role: 'assistant', content: [{ type: 'toolRequest', id: 'c', toolCall: { status: 'error', error } }], ...inference } })}\n`;
const shell = (command: string) => toolCall({ name: 'shell', arguments: { command } });

test.each([
  ['the same call', [shell('a'), shell('a'), shell('a')], 'same-call'],
  ['other arguments', [shell('a'), shell('b'), shell('c')], undefined],
  [
    'the same arguments for other tools',
    ['a', 'b', 'c'].map((name) => toolCall({ name, arguments: {} })),
    undefined,
  ],
  ['calls without arguments', ['a', 'a', 'a'].map((name) => toolCall({ name })), 'same-call'],
  ['calls that break off, each in its own way', ['x', 'y', 'z'].map(brokenOff), 'unreadable-calls'],
  ['what goose says of itself', Array(3).fill(toolCall({ name: 'shell' }, {})), undefined],
  [
    'answers between them',
    [shell('a'), toolResponse({ status: 'success' }), shell('a'), ANSWER, shell('a')],
    'same-call',
  ],
  ['two and what cannot be read', [shell('a'), shell('a'), '{"type": broken\n'], undefined],
])('three calls are a circle, or none: %s', (_, lines, circle) => {
  const reader = new StreamReader({ sameCalls: 3 });
  for (const line of lines) reader.stdout(Buffer.from(line));
  expect(reader.circle).toBe(circle);
});

test('arguments are not kept', () => {
  const reader = new StreamReader({ sameCalls: 3 });
  for (let call = 0; call < 3; call += 1) reader.stdout(Buffer.from(shell('very secret')));
  reader.end();
  expect(reader.circle).toBe('same-call');
  expect(JSON.stringify([reader.facts, reader.circle])).not.toContain('secret');
});

test.each([
  ['as goose writes it', readRecording('success-stream-json').stdout, '20261121_34'],
  ['in the beginning only', `${ANSWER}x 20261121_34 y\n`, undefined],
  ['the first of two', 'x 20261121_1 y\nx 20261121_2 y\n', '20261121_1'],
  ['not within a word', 'a/20261121_1/b\n', undefined],
])("the name of goose's session, %s", (_, stdout, session) => {
  expect(readAll(stdout).session).toBe(session);
});
