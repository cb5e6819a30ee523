import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NotDelivered } from '../domain/notify/patience.ts';
import { ownerMark, readPlace } from '../goose/host/owner.ts';
import { identify } from '../goose/host/process-table.ts';
import { newRunToken } from '../goose/host/run-record.ts';
import { startFamily } from '../goose/host/start-family.ts';
import { programInBinDir } from '../goose/program/bin-dir.ts';
import { Unfit } from '../goose/program/unfit.ts';
import { LastLines } from '../goose/run/last-lines.ts';
import type { Environment } from '../goose/start/command-line.ts';
import { containment } from '../goose/start/containment.ts';
import { RUN_OWNER_VARIABLE, RUN_TOKEN_VARIABLE } from '../goose/start/marks.ts';
import type { Goose } from '../goose/start/start.ts';
import { within } from '../os/within.ts';
import type { Message } from './message.ts';

const DONE_WITHIN_MS = 30_000;
const DRAIN_MS = 500;
/** All that a command gets of the environment, besides the marks by which its processes are found. */
const PASSED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'USER', 'LOGNAME', 'TMPDIR'];

export interface NotifyCommand {
  /** Undefined: it is not set. */
  binDir: string | undefined;
  /** Its path from BIN_DIR. */
  name: string;
  cwd: string;
  /** Where who looks after processes of ours that were killed finds whose they are. */
  runningDir: string;
  env: Environment;
}

/**
 * Runs the command with a message as its input, without a shell and without arguments; exit code 0 is delivered. What it prints is
 * dropped, but for its last line where it fails, which goes to `onLastLine`. Nothing that it starts outlives it.
 */
export async function runNotifyCommand(
  command: NotifyCommand,
  message: Message,
  { withinMs = DONE_WITHIN_MS, onLastLine = (_: string): void => undefined } = {},
): Promise<'delivered' | NotDelivered> {
  try {
    const file = notifyProgram(command);
    const started = await start(command, file, `${JSON.stringify(message)}\n`);
    if (started instanceof Error)
      return { why: 'command-unfit', text: `${command.name} cannot be started (${codeOf(started)})` };
    const { program, family, reader } = started;
    const over = new AbortController();
    try {
      await Promise.race([
        program.ended,
        sleep(withinMs, undefined, { signal: over.signal }).catch(() => undefined),
      ]);
    } finally {
      over.abort();
    }
    const isLate = !program.hasEnded;
    await family.stop({ graceMs: 0 });
    await drained(program);
    if (!isLate && program.exitCode === 0) return 'delivered';
    const last = reader.lines().at(-1);
    if (last !== undefined) onLastLine(last);
    return isLate
      ? { why: 'command-too-slow', afterMs: withinMs }
      : { why: 'command-failed', exitCode: program.exitCode };
  } catch (error) {
    if (error instanceof Unfit) return { why: 'command-unfit', text: error.message };
    throw error;
  }
}

/** The real path of the command. @throws Unfit where it may not or cannot be run */
export function notifyProgram({ binDir, name }: Pick<NotifyCommand, 'binDir' | 'name'>): string {
  if (binDir !== undefined) return programInBinDir(binDir, name);
  throw new Unfit(
    `TINYSCHEDULER_NOTIFY names the command ${name}, and TINYSCHEDULER_BIN_DIR is not set: set it to the directory in which the command is`,
  );
}

async function start({ cwd, runningDir, env }: NotifyCommand, file: string, input: string) {
  const token = newRunToken();
  const passed = PASSED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const owner = await ownerIn(runningDir);
  return startFamily(
    {
      ...{ command: { file, args: [] }, cwd, token, input },
      env: { ...Object.fromEntries(passed), [RUN_TOKEN_VARIABLE]: token, ...owner },
    },
    await containment(),
    lastLinesOf,
  );
}

/** Should this process be killed, then the next worker here knows whose the command was, and ends it. */
async function ownerIn(runningDir: string): Promise<Record<string, string>> {
  if (!existsSync(runningDir)) return {};
  return { [RUN_OWNER_VARIABLE]: ownerMark(await readPlace(runningDir), await identify(process.pid)) };
}

/** What a dead process wrote is read in no time. */
async function drained({ stdout, stderr }: Goose): Promise<void> {
  const ends = [stdout, stderr].filter(({ closed }) => !closed).map((stream) => once(stream, 'close'));
  await within(DRAIN_MS, Promise.all(ends));
}

function lastLinesOf({ stdout, stderr }: Goose): LastLines {
  const lines = new LastLines();
  stdout.on('data', (chunk: Buffer) => lines.stdout(chunk));
  stderr.on('data', (chunk: Buffer) => lines.stderr(chunk));
  return lines;
}

function codeOf({ code }: NodeJS.ErrnoException): string {
  return code ?? 'unknown';
}
