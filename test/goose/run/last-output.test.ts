import { expect, test } from 'vitest';
import { lastOutput } from '../../../goose/run/last-output.ts';
import { processorMs } from '../../support/processor-time.ts';

const message = (content: unknown[], id: string | null = 'a') =>
  JSON.stringify({ type: 'message', message: { id, role: 'assistant', content } });
const said = (text: string, id?: string) => message([{ type: 'text', text }], id);
const call = message([
  {
    type: 'toolRequest',
    toolCall: { status: 'success', value: { name: 'shell', arguments: { command: 'ls' } } },
  },
]);
const answer = message([
  { type: 'toolResponse', toolResult: { status: 'success', value: [{ type: 'text', text: 'one\ntwo\n' }] } },
]);
const COMPLETE = JSON.stringify({ type: 'complete', total_tokens: 5 });

test.each<[string, string[], string | null]>([
  ['nothing', [], null],
  ['blank lines', ['', '  ', '\t'], null],
  ['a plain line', ['first', 'last', ''], 'last'],
  ['what was said', [said('I read the file.')], 'I read the file.'],
  ['pieces of one answer', [said('x', 'b'), said('I '), said('read'), said(' on')], 'I read on'],
  ['the last line of an answer', [said('one\ntwo\n\n')], 'two'],
  ['a call', [said('I look'), call], 'shell {"command":"ls"}'],
  ["a tool's answer", [call, answer], 'two'],
  ['what it thinks', [message([{ type: 'thinking', thinking: 'hm' }])], 'hm'],
  ['an error', [said('a'), JSON.stringify({ type: 'error', error: 'no credits' })], 'no credits'],
  ['the end of goose', [said('done'), COMPLETE], 'done'],
  ['a line that is just being written', [said('done'), '{"type":"message","mess'], 'done'],
  ['JSON that is not of goose', ['{"level":"info"}'], '{"level":"info"}'],
  ['a brace', ['{ not JSON'], '{ not JSON'],
  ['no message in a message', ['a', '{"type":"message","message":7}'], 'a'],
  ['escape sequences', ['\x1b[31mred\x1b[0m\x1b]0;title\x07 \u202eabc'], 'red abc'],
  ['escape sequences in an answer', [said('\x1b[2Jgone\u0000')], 'gone'],
  ['a progress bar', ['10 %\r90 %\r'], '90 %'],
])('of %s', (_, lines, expected) => {
  expect(lastOutput(Buffer.from(lines.join('\n')), false)).toBe(expected);
});

test('it is bounded, and what stands before the bytes is not taken for a line', () => {
  expect(lastOutput(Buffer.from('x'.repeat(100_000)), false)).toHaveLength(201);
  expect(lastOutput(Buffer.from('half of a line\n'), true)).toBeNull();
  expect(lastOutput(Buffer.from([0xff, 0x0a, 0xc3]), false)).toBe('\ufffd');
});

test('an answer of very many pieces that tells nothing is put together once', () => {
  const pieces = Array.from({ length: 500 }, () => said(' '.repeat(1_000)));
  const log = Buffer.from(['before', ...pieces].join('\n'));
  expect(processorMs(() => lastOutput(log, false))).toBeLessThan(150);
  expect(lastOutput(Buffer.from(['before', said(' '), said(' ')].join('\n')), false)).toBe('before');
});
