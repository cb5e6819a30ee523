import { readFileSync } from 'node:fs';
import type { RunFacts } from '../../domain/attempt/judge.ts';
import { StreamReader } from '../../goose/run/stream-reader.ts';

const FOLDER = new URL('../fixtures/goose/', import.meta.url);

export interface Recording {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A recorded goose run, by its file name without `.txt`. */
export function readRecording(name: string): Recording {
  const text = readFileSync(new URL(`${name}.txt`, FOLDER), 'utf8');
  const exitCode = /^# exit code: (\d+)/m.exec(text)?.[1];
  const [, stdout, stderr] = /^# ---- stdout\n(.*)^# ---- stderr\n(.*)$/ms.exec(text) ?? [];
  if (exitCode === undefined || stdout === undefined || stderr === undefined) {
    throw new Error(`test/fixtures/goose/${name}.txt has no exit code, stdout or stderr`);
  }
  return { exitCode: Number(exitCode), stdout, stderr };
}

/** What the stream reader makes of a run, `chunkBytes` at a time. */
export function factsOf({ exitCode, stdout, stderr }: Recording, chunkBytes = 64 * 1024): RunFacts {
  const reader = readAll(stdout, stderr, chunkBytes);
  return { ...reader.facts, exitCode, signal: null };
}

export function readAll(stdout: string, stderr = '', chunkBytes = 64 * 1024): StreamReader {
  const reader = new StreamReader();
  for (const chunk of chunks(stdout, chunkBytes)) reader.stdout(chunk);
  for (const chunk of chunks(stderr, chunkBytes)) reader.stderr(chunk);
  reader.end();
  return reader;
}

function* chunks(text: string, bytes: number): Generator<Buffer> {
  const all = Buffer.from(text);
  for (let start = 0; start < all.length; start += bytes) yield all.subarray(start, start + bytes);
}
