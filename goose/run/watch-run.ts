import type { Stop } from '../../domain/attempt/judge.ts';
import { startStopwatch } from '../../os/stopwatch.ts';
import type { ProcessFamily } from '../host/processes.ts';
import type { Goose } from '../start/start.ts';
import type { Output } from './output.ts';
import { overdue, stopOf } from './stop-reason.ts';

const BEAT_MS = 500;
/** Looking at all processes costs some milliseconds, so it is not done at each beat. */
const BEATS_PER_LOOK = 4;
/** Pauses before the looks of the first half second. */
const EARLY_LOOKS_MS = [0, 5, 10, 20, 40, 80, 160];

export interface WatchedRun {
  goose: Goose;
  family: ProcessFamily;
  output: Output;
  limits: { maxRuntimeMs: number; stallMs: number };
  signal: AbortSignal;
}

/** Resolves when goose has ended by itself, or with the reason to stop it that has come up. */
export async function untilItEnds(run: WatchedRun): Promise<Stop | undefined> {
  const { goose, family, signal } = run;
  const elapsed = startStopwatch();
  const ended = new AbortController();
  const onExit = () => ended.abort();
  void goose.ended.then(onExit);
  void lookEarly(family, ended.signal);
  signal.addEventListener('abort', onExit, { once: true });
  let beats = 0;
  try {
    while (!goose.hasEnded) {
      await until(ended.signal, BEAT_MS);
      if (goose.hasEnded) break;
      const times = { elapsedMs: elapsed(), silentMs: run.output.silentMs() };
      const stop = signal.aborted ? stopOf(signal.reason) : overdue(run.limits, times);
      beats += 1;
      // Learns of children while their parents live, so that none is lost when it leaves them.
      if (beats % BEATS_PER_LOOK === 1) await family.look();
      if (stop !== undefined) return stop;
    }
    return undefined;
  } finally {
    ended.abort();
    signal.removeEventListener('abort', onExit);
  }
}

/** Who leaves the run does so early or late; the first moments are the ones in which nobody has been seen yet. */
async function lookEarly(family: ProcessFamily, ended: AbortSignal): Promise<void> {
  for (const pauseMs of EARLY_LOOKS_MS) {
    if (pauseMs > 0) await until(ended, pauseMs);
    if (ended.aborted) return;
    // A look that fails is made good by the next.
    await family.look().catch(() => {});
  }
}

async function until(signal: AbortSignal, ms: number): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
