import { stat } from 'node:fs/promises';
import { newRunToken } from '../host/run-record.ts';
import { startFamily } from '../host/start-family.ts';
import type { Environment } from '../start/command-line.ts';
import { type Containment, containment } from '../start/containment.ts';
import { RUN_TOKEN_VARIABLE } from '../start/marks.ts';
import { Answer, NoAnswer } from './answer.ts';

const ANSWER_WITHIN_MS = 20_000;

export interface Question {
  /** Path of the program. */
  goose: string;
  args: string[];
  env: Environment;
  /** Time limit, 20 s where absent: a recipe can keep goose busy for ever, and a pipe in its place holds it. */
  timeoutMs?: number | undefined;
  /** How its processes are held together; as `containment` says where absent. */
  held?: Containment;
}

/**
 * What goose prints, which may be at most 2 MB. Nothing that it starts outlives the question: it is held together and ended
 * as a run is. Throws what `complaintOf` reads.
 */
export async function askGoose({ goose, args, env, timeoutMs, ...how }: Question): Promise<string> {
  const limitMs = timeoutMs ?? ANSWER_WITHIN_MS;
  const token = newRunToken();
  const held = how.held ?? (await containment());
  // The kernel's limit holds also when we are killed meanwhile, and for what a script in goose's place starts.
  const limited = ['-c', `ulimit -t ${Math.ceil(limitMs / 1000)}; exec "$0" "$@"`, goose, ...args];
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const started = await startFamily(
    {
      command: { file: '/bin/sh', args: limited },
      env: { ...Object.fromEntries(given), [RUN_TOKEN_VARIABLE]: token },
      cwd: '.',
      token,
    },
    held,
    (asked) => new Answer(asked),
  );
  if (started instanceof Error) throw started;
  const { family, reader: answer } = started;
  const ending = () => family.stop({ graceMs: 0 });
  underWay.add(ending);
  try {
    await answer.orSince(limitMs, held.by === 'looks' ? () => family.look() : undefined);
  } finally {
    // Else it is tried again when this process ends.
    await ending().then(() => underWay.delete(ending));
    await answer.drained();
  }
  return answer.whole();
}

const underWay = new Set<() => Promise<unknown>>();

/** Ends what is being asked, for a process that is told to end itself: a goose has a session of its own and hears of no Ctrl-C. */
export async function endQuestions(): Promise<void> {
  await Promise.allSettled([...underWay].map((ending) => ending()));
}

/**
 * Why `askGoose` has failed. `why`: a clause of our own. `foreign`: what goose says itself, which follows its `Error: `
 * and may be anything; it is told to nobody but as `sayComplaint` says it.
 */
export function complaintOf(error: unknown): { why: string; foreign?: string } {
  if (error instanceof NoAnswer) {
    const { message: why, foreign } = error;
    return { why, ...(foreign !== undefined && { foreign }) };
  }
  const { code } = error as NodeJS.ErrnoException;
  // Such as `E2BIG`.
  const isCode = typeof code === 'string' && /^E[A-Z0-9_]{2,60}$/.test(code);
  return { why: isCode ? `it answers ${code}` : 'it could not be asked' };
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
