import type { FileHandle } from 'node:fs/promises';
import type { LogAsked, LogPiece } from '../contract/listings.ts';
import { wholeLines } from './log-lines.ts';
import { type LogDeps, withLogOf } from './open-log-of.ts';
import { wholeCharacters } from './whole-characters.ts';

/** A part of the log of an attempt. @throws what withLogOf does */
export function readLogPiece(deps: LogDeps, taskId: number, asked: LogAsked): Promise<LogPiece> {
  return withLogOf(deps, { taskId, number: asked.attempt }, (file) => pieceOf(file, asked));
}

type Piece = Pick<LogPiece, 'from' | 'to' | 'size' | 'text'>;

/** A part of an open log. */
export async function pieceOf(file: FileHandle, asked: LogAsked): Promise<Piece> {
  const { mostLines } = asked;
  const { size } = await file.stat();
  const [start, length] = spanOf(asked, size);
  // What stands before tells whether a line begins here.
  const ahead = start > 0 ? 1 : 0;
  const { bytesRead, buffer } = await file.read(
    Buffer.alloc(length + ahead),
    0,
    length + ahead,
    start - ahead,
  );
  const bytes = buffer.subarray(ahead, Math.max(ahead, bytesRead));
  const [begin, end] =
    mostLines === undefined
      ? wholeCharacters(bytes)
      : wholeLines(bytes, {
          mostLines,
          keeps: asked.before === undefined ? 'first' : 'last',
          beginsLine: start === 0 || buffer[0] === NEWLINE,
          isEnd: start + bytes.length >= size,
        });
  const text = bytes.subarray(begin, Math.max(begin, end)).toString();
  return { from: start + begin, to: start + Math.max(begin, end), size, text };
}

const NEWLINE = 10;

function spanOf({ from, mostBytes, before }: LogAsked, size: number): [start: number, length: number] {
  if (before !== undefined) {
    const end = Math.min(before, size);
    const start = Math.max(0, end - mostBytes);
    return [start, end - start];
  }
  const start = from < 0 ? Math.max(0, size + from) : from;
  return [start, Math.max(0, Math.min(mostBytes, size - start))];
}
