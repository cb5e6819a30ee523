import { setTimeout as sleep } from 'node:timers/promises';
import type { Stop } from '../../domain/attempt/judge.ts';
import { startStopwatch } from '../../os/stopwatch.ts';
import type { ProcessFamily } from '../host/processes.ts';
import type { Goose } from '../start/start.ts';
import type { Output } from './output.ts';
import { tokensOfSession } from './session-tokens.ts';
import { overdue, type RunLimits, stopOf } from './stop-reason.ts';
import type { StreamReader } from './stream-reader.ts';

const BEAT_MS = 500;
/** Looking at all processes costs some milliseconds, so it is not done at each beat. */
const BEATS_PER_LOOK = 4;
/** So often it is told how far it is, for the first time soon. */
const BEATS_PER_TELL = 20;
const FIRST_TELL = 4;
/** A goose that has said that it is complete ends within so long. */
const ENDS_MS = 2_000;
/** Pauses before the looks of the first half second. */
const EARLY_LOOKS_MS = [0, 5, 10, 20, 40, 80, 160];

/** What goose's output tells while it runs. */
export type Talk = Pick<StreamReader, 'circle' | 'session' | 'isComplete' | 'turns'>;

/** How far a goose is. */
export interface SoFar {
  /** Answers of the model. */
  turns: number;
  /** Null: not known. */
  tokens: number | null;
}

export interface WatchedRun {
  goose: Goose;
  family: ProcessFamily;
  output: Output;
  /** Who runs, for people; absent: goose. */
  who?: string | undefined;
  limits: RunLimits;
  /** goose's. */
  env: Record<string, string>;
  /** What goose says; undefined: it is another program, whose output says nothing to us. */
  talk: Talk | undefined;
  /** Another program was started, which is to start goose; it may have ended before goose. */
  launched: boolean;
  signal: AbortSignal;
  /** Told now and then how far goose is. Must not throw. */
  onProgress?: ((so: SoFar) => void) | undefined;
}

/** Resolves when goose has ended by itself, or with the reason to stop it that has come up. */
export async function untilItEnds(run: WatchedRun): Promise<Stop | undefined> {
  const { goose, signal } = run;
  const elapsed = startStopwatch();
  const ended = new AbortController();
  const over = new AbortController();
  const onExit = () => ended.abort();
  void goose.ended.then(onExit);
  void lookEarly(run, over.signal);
  signal.addEventListener('abort', onExit, { once: true });
  let beats = 0;
  try {
    while (!isOver(run)) {
      await until(ended.signal.aborted ? signal : ended.signal, BEAT_MS);
      if (isOver(run)) break;
      beats += 1;
      const circle = run.talk?.circle;
      const isToldNow = run.onProgress !== undefined && beats % BEATS_PER_TELL === FIRST_TELL;
      const isLimited = Boolean(run.limits.maxTokens) && beats % BEATS_PER_LOOK === 0;
      const tokens = isToldNow || isLimited ? await tokensSoFar(run) : null;
      if (isToldNow && run.talk !== undefined) run.onProgress?.({ turns: run.talk.turns, tokens });
      const progress = { elapsedMs: elapsed(), silentMs: run.output.silentMs(), circle, tokens };
      const stop = signal.aborted ? stopOf(signal.reason) : overdue(run.limits, progress, run.who);
      // Learns of children while their parents live, so that none is lost when it leaves them.
      if (beats % BEATS_PER_LOOK === 1) await look(run);
      if (stop !== undefined) return stop;
    }
    return undefined;
  } finally {
    over.abort();
    signal.removeEventListener('abort', onExit);
  }
}

/** Asked only where it matters, and seldom, since it costs a look into a file of goose's. */
async function tokensSoFar({ env, talk }: WatchedRun): Promise<number | null> {
  return talk?.session === undefined ? null : tokensOfSession(env, talk.session);
}

/** Resolves: see above. A launcher that went well before goose is done has left goose to itself. */
function isOver(run: WatchedRun): boolean {
  return run.goose.hasEnded && !isLeftAlone(run);
}

/** Whether goose goes on though its launcher has ended; the end of its output tells when it does not. */
function isLeftAlone({ goose, output, talk, launched }: WatchedRun): boolean {
  if (!launched || goose.exitCode !== 0 || output.isClosed) return false;
  return !talk?.isComplete || output.silentMs() < ENDS_MS;
}

/** Who leaves the run does so early or late; the first moments are the ones in which nobody has been seen yet. */
async function lookEarly(run: WatchedRun, over: AbortSignal): Promise<void> {
  for (const pauseMs of EARLY_LOOKS_MS) {
    if (pauseMs > 0) await until(over, pauseMs);
    if (over.aborted) return;
    await look(run);
  }
}

/** Who is in the cgroup of the run cannot hide; who was moved out of it can. A launcher may have taken goose elsewhere. */
async function look({ family, launched }: WatchedRun): Promise<void> {
  try {
    if (launched || !family.lookInCgroup()) await family.look();
  } catch {
    // Made good by the next. It says nothing about goose, so it is no reason to end it.
  }
}

async function until(signal: AbortSignal, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
