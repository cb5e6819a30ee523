import type { FileHandle } from 'node:fs/promises';
import type { LogFound, LogSearch } from '../contract/listings.ts';
import { type LogDeps, withLogOf } from './open-log-of.ts';

const CHUNK_BYTES = 262_144;
/** One answer looks through at most so much; whoever asks goes on from there. */
const MOST_BYTES = 268_435_456;
const MOST_MS = 3_000;

/** Where a text is in the log of an attempt: all of the log is looked through, in pieces. @throws what withLogOf does */
export function searchLog(deps: LogDeps, taskId: number, asked: LogSearch): Promise<LogFound> {
  return withLogOf(deps, { taskId, number: asked.attempt }, (file) => matchesIn(file, asked));
}

type Found = Pick<LogFound, 'matches' | 'to' | 'size'>;

/** Where a text is in an open log. */
export async function matchesIn(file: FileHandle, { text, from, mostMatches }: LogSearch): Promise<Found> {
  const { size } = await file.stat();
  const needle = folded(Buffer.from(text));
  const untilMs = performance.now() + MOST_MS;
  const last = Math.min(size, from + MOST_BYTES);
  const matches: number[] = [];
  const chunk = Buffer.alloc(CHUNK_BYTES + needle.length - 1);
  let at = from;
  while (at < last && performance.now() < untilMs) {
    // A match may begin in this chunk and end in the next.
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    const bytes = folded(chunk.subarray(0, bytesRead));
    for (
      let place = bytes.indexOf(needle);
      place >= 0;
      place = bytes.indexOf(needle, place + needle.length)
    ) {
      // That one is the next chunk's.
      if (place >= CHUNK_BYTES) break;
      // It was written meanwhile: whoever goes on from `to` finds it then.
      if (at + place >= size) break;
      matches.push(at + place);
      if (matches.length === mostMatches) return { matches, to: at + place + needle.length, size };
    }
    at = Math.max(Math.min(size, at + CHUNK_BYTES), (matches.at(-1) ?? -needle.length) + needle.length);
  }
  return { matches, to: Math.min(at, size), size };
}

/** Large letters of ASCII as small ones, in place: other bytes of UTF-8 are none of them. */
function folded(bytes: Buffer): Buffer {
  for (let place = 0; place < bytes.length; place += 1) {
    const byte = bytes[place] ?? 0;
    if (byte >= 65 && byte <= 90) bytes[place] = byte + 32;
  }
  return bytes;
}
