import { expect, test } from 'vitest';
import type { Stop } from '../../../domain/attempt/judge.ts';
import { type CommandFacts, judgeCommand, sayProgram } from '../../../domain/attempt/judge-command.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';

const lastLine = 'disk is full';
const stop = (why: Stop['why']): Stop => ({ why, detail: `stopped for ${why}` });

test.each<[Partial<CommandFacts>, VerdictKind, string]>([
  [{ exitCode: 0 }, 'completed', '"p" exited with code 0'],
  [{ exitCode: 0, lastLine }, 'completed', '"p" exited with code 0'],
  [{ exitCode: 3 }, 'agent-failed', '"p" exited with code 3'],
  [{ exitCode: 3, lastLine }, 'agent-failed', '"p" exited with code 3; its last line: "disk is full"'],
  // A shell's way to tell of a signal is a code like others: the program has ended by itself.
  [{ exitCode: 137 }, 'agent-failed', '"p" exited with code 137'],
  [
    { signal: 'SIGKILL', lastLine },
    'agent-failed',
    '"p" was ended by SIGKILL from outside, perhaps because memory ran out; its last line: "disk is full"',
  ],
  [{ signal: 'SIGSEGV' }, 'agent-failed', '"p" was ended by SIGSEGV from outside'],
  [{}, 'agent-failed', '"p" ended, and nobody knows its exit code'],
  // What we stopped has not ended well, whatever its code says.
  [
    { exitCode: 0, lastLine, stopped: stop('timed-out') },
    'timed-out',
    'stopped for timed-out; its last line: "disk is full"',
  ],
  [
    { signal: 'SIGKILL', lastLine, stopped: stop('stalled') },
    'stalled',
    'stopped for stalled; its last line: "disk is full"',
  ],
  [{ exitCode: 0, lastLine, stopped: stop('cancelled') }, 'cancelled', 'stopped for cancelled'],
  [{ exitCode: 0, lastLine, stopped: stop('task-gone') }, 'cancelled', 'stopped for task-gone'],
  [{ exitCode: 0, lastLine, stopped: stop('shutdown') }, 'cancelled', 'stopped for shutdown'],
  [{ exitCode: 0, lastLine, stopped: stop('lease-lost') }, 'worker-lost', 'stopped for lease-lost'],
])('%j is %s', (facts, kind, reason) => {
  expect(judgeCommand({ program: '"p"', exitCode: null, signal: null, ...facts })).toEqual({ kind, reason });
});

test('a name is quoted and cut, since others wrote it', () => {
  expect(sayProgram('a "b"\n')).toBe('"a \\"b\\"\\n"');
  expect(sayProgram('x'.repeat(81))).toBe(`"${'x'.repeat(80)}…"`);
});
