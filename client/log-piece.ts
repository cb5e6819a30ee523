import type { FileHandle } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import type { LogAsked, LogPiece } from '../contract/listings.ts';
import { openLog } from '../goose/run/log-tail.ts';
import { chooseAttempt, findLog, notHere, unreadable } from './attempt-log.ts';
import { type AttemptsDeps, attemptsAt } from './attempts.ts';

/** Of an attempt that the server knows; nobody names a file. @throws what attemptsAt, chooseAttempt and findLog do */
export async function readLogPiece(
  deps: AttemptsDeps & { config: Config },
  taskId: number,
  asked: LogAsked,
): Promise<LogPiece> {
  // Before the log is read: what was written before it was over is in it then.
  const attempt = chooseAttempt(await attemptsAt(deps, taskId), taskId, asked.attempt);
  const path = await findLog(deps.config, attempt);
  try {
    const file = await openLog(path);
    if (file === undefined) throw notHere(deps.config, attempt, path);
    try {
      return { attempt, isOver: attempt.endedAtMs !== null, ...(await pieceOf(file, asked)) };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

type Piece = Pick<LogPiece, 'from' | 'to' | 'size' | 'text'>;

async function pieceOf(file: FileHandle, { from: asked, mostBytes }: LogAsked): Promise<Piece> {
  const { size } = await file.stat();
  const start = asked < 0 ? Math.max(0, size + asked) : asked;
  const length = Math.max(0, Math.min(mostBytes, size - start));
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, start);
  const bytes = buffer.subarray(0, bytesRead);
  const [begin, end] = [firstWhole(bytes), lastWhole(bytes)];
  const text = bytes.subarray(begin, Math.max(begin, end)).toString();
  return { from: start + begin, to: start + Math.max(begin, end), size, text };
}

/** A character of UTF-8 has at most so many bytes after its first. */
const MOST_MORE = 3;

const isWithin = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** Where the first character begins: a part of one stands before it. */
function firstWhole(bytes: Uint8Array): number {
  let at = 0;
  while (at < MOST_MORE && isWithin(bytes[at])) at += 1;
  return isWithin(bytes[at]) ? 0 : at;
}

/** Where the last character ends that is whole. Bytes that are no UTF-8 are kept, so that reading always gets on. */
function lastWhole(bytes: Uint8Array): number {
  const { length } = bytes;
  let at = length - 1;
  while (at > 0 && length - at <= MOST_MORE && isWithin(bytes[at])) at -= 1;
  const first = bytes[at] ?? 0;
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  const isCut = first >= 0xc0 && at + more >= length;
  return isCut && at > 0 ? at : length;
}
