import { STOP_KINDS, type Stop, type StopWhy } from '../../domain/attempt/judge.ts';
import type { Circle } from '../../domain/attempt/repeats.ts';

const STOP_WHYS = Object.keys(STOP_KINDS) as StopWhy[];

/** The reason of an abort: a `Stop` is what it says, anything else is a cancellation. */
export function stopOf(reason: unknown): Stop {
  const given = typeof reason === 'object' && reason !== null ? (reason as Partial<Stop>) : {};
  const why = STOP_WHYS.find((each) => each === given.why) ?? 'cancelled';
  return { why, detail: typeof given.detail === 'string' ? given.detail : 'the run was cancelled' };
}

/** The limits of a run; all but the time are none where they are 0. */
export interface RunLimits {
  maxRuntimeMs: number;
  /** So long without output. */
  stallMs: number;
  /** As goose counts them. */
  maxTokens?: number;
  /** So often the same call, as `Repeats` counts it. */
  sameCalls?: number;
}

/** What a run has come to so far. */
export interface Progress {
  elapsedMs: number;
  silentMs: number;
  /** What it has done as often as it may. */
  circle: Circle | undefined;
  /** Null: not known. */
  tokens: number | null;
}

/** Which of its limits a run has reached, if any. `who` runs, for people. */
export function overdue(
  { maxRuntimeMs, stallMs, maxTokens = 0, sameCalls = 0 }: RunLimits,
  { elapsedMs, silentMs, circle, tokens }: Progress,
  who = 'goose',
): Stop | undefined {
  if (elapsedMs >= maxRuntimeMs) {
    return { why: 'timed-out', detail: `${who} ran into its time limit of ${inWords(maxRuntimeMs)}` };
  }
  if (stallMs > 0 && silentMs >= stallMs) {
    return { why: 'stalled', detail: `${who} wrote nothing for ${inWords(stallMs)}` };
  }
  if (circle !== undefined) return { why: 'looping', detail: CIRCLES[circle](sameCalls) };
  if (maxTokens > 0 && tokens !== null && tokens > maxTokens) {
    return {
      why: 'looping',
      detail: `goose has used ${tokens} tokens, more than the ${maxTokens} that it may use`,
    };
  }
  return undefined;
}

const CIRCLES: Record<Circle, (times: number) => string> = {
  'same-call': (times) =>
    `goose called the same tool with the same arguments ${times} times, and made no new call in between`,
  'unreadable-calls': (times) =>
    `${times} calls of tools broke off before goose could read them, and no new call came in between`,
};

function inWords(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
