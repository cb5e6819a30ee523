import { setTimeout as sleep } from 'node:timers/promises';
import type { Stop } from '../../domain/attempt/judge.ts';
import type { ProcessId } from '../host/process-table.ts';
import { ProcessesLeftError, type ProcessFamily } from '../host/processes.ts';
import { startFamily } from '../host/start-family.ts';
import type { Containment } from '../start/containment.ts';
import type { GooseStart } from '../start/start.ts';
import type { Output } from './output.ts';
import { type RunLimits, stopOf } from './stop-reason.ts';
import { type Talk, untilItEnds, type WatchedRun } from './watch-run.ts';

const END_AGAIN_MS = 10_000;

/** A program of a run: goose, a program of BIN_DIR, or what verifies the work of either. */
export interface ProgramSpec extends GooseStart, RunLimits {
  /** Who it is, for people; absent: goose. */
  who?: string | undefined;
  /** Asked in the tick of the spawn: throws why this program must not be started now. */
  check?: (() => void) | undefined;
  /** Between SIGTERM and SIGKILL. A function is asked when the run is stopped. */
  graceMs: number | (() => number);
  held: Containment;
}

export interface ProgramOptions {
  /** Aborting stops the run. A reason of the form `Stop` says why; anything else is a cancellation. */
  signal: AbortSignal;
  /** Asked in the tick of the spawn: why the program must not be started, if so. */
  obstacle?: () => Stop | undefined;
  /** Called once it is there. If it throws, the program is ended and the run rejects with that. */
  onStarted?: (program: ProcessId) => void | Promise<void>;
  /** As in WatchedRun. */
  onProgress?: WatchedRun['onProgress'];
  /** Called with a sentence when processes cannot be killed or looked at, each time that was tried for 10 s. */
  onLeft?: (problem: string) => void;
}

export type ProgramEnd =
  | { startError: NodeJS.ErrnoException }
  /** `exitCode`: null where a launcher has left goose to itself, and so knows nothing of its end. */
  | { exitCode: number | null; signal: string | null; stopped?: Stop | undefined };

/**
 * Runs one program of a run. Resolves or rejects only when nothing of the run is alive any more for certain, whatever fails.
 *
 * @param talk what goose says, where it is goose
 */
export async function runToTheEnd(
  spec: ProgramSpec,
  output: Output,
  { signal, obstacle, onStarted, onProgress, onLeft }: ProgramOptions,
  talk?: Talk,
): Promise<ProgramEnd> {
  const launched = spec.command.launcher !== undefined;
  // From here to the spawn nothing may be awaited: a run that was stopped must not start.
  const stoppedBefore = signal.aborted ? stopOf(signal.reason) : obstacle?.();
  if (stoppedBefore !== undefined) return { exitCode: null, signal: null, stopped: stoppedBefore };
  const problem = problemOf(spec);
  if (problem !== undefined) return { startError: problem };
  const started = await startFamily(spec, spec.held, (its) => output.of(its));
  if (started instanceof Error) return { startError: started };
  const { program, root, family } = started;
  let stopped: Stop | undefined;
  try {
    await onStarted?.(root);
    stopped = await untilItEnds({
      ...{ goose: program, family, output, talk, signal, launched, onProgress },
      ...{ who: spec.who, limits: spec, env: spec.env },
    });
  } finally {
    // What the program has left behind is ended too, also if it has ended well itself.
    await untilDead(family, spec.graceMs, onLeft);
    await output.drained(program);
  }
  const isKnown = !launched || program.exitCode !== 0 || talk?.isComplete;
  return { exitCode: isKnown ? program.exitCode : null, signal: program.signal, stopped };
}

function problemOf({ check }: ProgramSpec): Error | undefined {
  try {
    check?.();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/**
 * Ends all of a run. What cannot be killed (blocked in the kernel, or not ours to signal) or cannot be looked at is waited for: its
 * slot is not free. Never throws: whoever is told of an error here would take the run for over.
 */
export async function untilDead(
  family: ProcessFamily,
  graceMs: ProgramSpec['graceMs'],
  onLeft: ProgramOptions['onLeft'],
): Promise<void> {
  for (;;) {
    try {
      await family.stop({ graceMs: typeof graceMs === 'number' ? graceMs : graceMs() });
      return;
    } catch (error) {
      tell(onLeft, error);
      if (!(error instanceof ProcessesLeftError)) await sleep(END_AGAIN_MS);
    }
  }
}

function tell(onLeft: ProgramOptions['onLeft'], error: unknown): void {
  try {
    onLeft?.(error instanceof Error ? error.message : String(error));
  } catch {
    // That nobody can be told is no reason to let go.
  }
}
