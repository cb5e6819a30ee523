import { vi } from 'vitest';
import { exitCodeOf } from '../../client/cli/call/exit-code.ts';
import { program } from '../../client/cli/program.ts';
import { learnCall } from '../../config/called-as.ts';
import type { Ended } from './command.ts';

/** Settings of whoever runs the tests, which a process with an environment of its own would not see. */
const SETTINGS = /^((TINYSCHEDULER|TEMPORAL|GOOSE|npm)_|TZ$|COLUMNS$)/;

let before: Promise<unknown> = Promise.resolve();

/**
 * A command in this process, as main.ts runs it: one of its own takes a second to begin, and of that most is processor time. One
 * after the other, also where tests call it at the same time, since it takes the streams and the environment of the process: so not
 * for one that waits, nor for one that starts workers.
 *
 * @param env settings; absent ones are those of the tests
 */
export async function inProcess(args: string[], env?: Record<string, string>): Promise<Ended> {
  const { all: _, ...ended } = await inProcessAt(args, { env });
  return ended;
}

interface Surroundings {
  env: Record<string, string> | undefined;
  /** Absent: that of the tests. For tests that are the only one at the time: a process has one. */
  cwd?: string;
  /** What is typed to call it, for what it says to do. */
  calledAs?: string;
}

/** The same with what it printed on both streams, in the order in which it did. */
export function inProcessAt(args: string[], surroundings: Surroundings): Promise<Ended & { all: string }> {
  const ended = before.then(() => run(args, surroundings));
  before = ended.catch(() => undefined);
  return ended;
}

async function run(args: string[], { env, cwd, calledAs }: Surroundings): Promise<Ended & { all: string }> {
  const said = { stdout: '', stderr: '', all: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((...written: unknown[]) => {
      said[stream] += String(written[0]);
      said.all += String(written[0]);
      const then = written.at(-1);
      if (typeof then === 'function') then();
      return true;
    }),
  );
  const restore = env && withEnvironment(env);
  const was = process.cwd();
  if (cwd !== undefined) process.chdir(cwd);
  if (calledAs !== undefined) learnCall({ TINYSCHEDULER_CALLED_AS: calledAs });
  try {
    process.exitCode = undefined;
    await program().parseAsync(args, { from: 'user' });
    return { ...said, code: Number(process.exitCode ?? 0) };
  } catch (error) {
    // It may still say something.
    const code = await exitCodeOf(error);
    return { ...said, code };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
    if (cwd !== undefined) process.chdir(was);
    if (calledAs !== undefined) learnCall({});
    restore?.();
  }
}

/** Gives what takes it back. */
function withEnvironment(env: Record<string, string>): () => void {
  const names = new Set([
    ...Object.keys(process.env).filter((name) => SETTINGS.test(name)),
    ...Object.keys(env),
  ]);
  const was = [...names].map((name) => [name, process.env[name]] as const);
  for (const name of names) set(name, env[name]);
  return () => {
    for (const [name, value] of was) set(name, value);
  };
}

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
