import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Environment } from '../start/command-line.ts';

const ANSWER_WITHIN_MS = 20_000;
const LARGEST_ANSWER_BYTES = 2 * 1024 * 1024;
const run = promisify(execFile);

export interface Question {
  /** Path of the program. */
  goose: string;
  args: string[];
  env: Environment;
  /** Time limit, 20 s where absent: a recipe can keep goose busy for ever, and a pipe in its place holds it. */
  timeoutMs?: number | undefined;
}

/** What goose prints, which may be at most 2 MB. Throws what `complaintOf` reads. */
export async function askGoose({ goose, args, env, timeoutMs }: Question): Promise<string> {
  const limitMs = timeoutMs ?? ANSWER_WITHIN_MS;
  // The kernel's limit holds also when we are killed meanwhile, and for what a script in goose's place starts.
  const limited = ['-c', `ulimit -t ${Math.ceil(limitMs / 1000)}; exec "$0" "$@"`, goose, ...args];
  const asked = run('/bin/sh', limited, {
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    timeout: limitMs,
    killSignal: 'SIGKILL',
    maxBuffer: LARGEST_ANSWER_BYTES,
  });
  // As in a run: nobody is there to be asked.
  asked.child.stdin?.on('error', () => {}).end();
  return (await asked).stdout;
}

/**
 * Why `askGoose` has failed. `why`: a clause of our own. `foreign`: what goose says itself, which follows its `Error: `
 * and may be anything; it is told to nobody but as `sayComplaint` says it.
 */
export function complaintOf(error: unknown): { why: string; foreign?: string } {
  const { stderr = '', code, signal } = error as ExecFailure;
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return { why: `its answer is larger than ${LARGEST_ANSWER_BYTES} bytes` };
  }
  // Ours, or the kernel's when the processor time is used up.
  if (signal) return { why: 'it had not answered when its time was over' };
  const why = typeof code === 'number' || isErrorCode(code) ? `it answers ${code}` : 'it could not be asked';
  const paragraph = stderr.split('\n\n').find((each) => each.startsWith('Error: '));
  const foreign = paragraph?.slice('Error: '.length).replace(/\s+/g, ' ').trim();
  return { why, ...(foreign !== undefined && { foreign }) };
}

/** Such as `E2BIG`. */
function isErrorCode(code: unknown): boolean {
  return typeof code === 'string' && /^E[A-Z0-9_]{2,60}$/.test(code);
}

interface ExecFailure {
  stderr?: string;
  code?: unknown;
  signal?: string | null;
}

interface KeptAnswer {
  states: string;
  answer: unknown;
}

const kept = new Map<string, KeptAnswer>();

/**
 * Asks, unless the same was asked while all these files were the same and the answer was `lasting`. A question that
 * fails is asked again: a full machine or a time limit says nothing about the files.
 */
export async function askOnce<T>(
  question: string,
  files: string[],
  ask: () => Promise<{ answer: T; lasting: boolean }>,
): Promise<T> {
  const states = JSON.stringify(await Promise.all(files.map(fileState)));
  const key = JSON.stringify([question, files]);
  const before = kept.get(key);
  if (before?.states === states) return before.answer as T;
  const { answer, lasting } = await ask();
  if (lasting) kept.set(key, { states, answer });
  return answer;
}

async function fileState(path: string): Promise<number[]> {
  const { ino, mtimeMs, ctimeMs, size } = await stat(path);
  return [ino, mtimeMs, ctimeMs, size];
}
