import type { Stop, StopWhy } from '../../domain/attempt/judge.ts';

const STOP_WHYS: StopWhy[] = ['timed-out', 'stalled', 'cancelled', 'task-gone', 'lease-lost', 'shutdown'];

/** The reason of an abort: a `Stop` is what it says, anything else is a cancellation. */
export function stopOf(reason: unknown): Stop {
  const given = typeof reason === 'object' && reason !== null ? (reason as Partial<Stop>) : {};
  const why = STOP_WHYS.find((each) => each === given.why) ?? 'cancelled';
  return { why, detail: typeof given.detail === 'string' ? given.detail : 'the run was cancelled' };
}

/** Which of its limits a run has reached, if any. `stallMs` 0 is no limit. */
export function overdue(
  { maxRuntimeMs, stallMs }: { maxRuntimeMs: number; stallMs: number },
  { elapsedMs, silentMs }: { elapsedMs: number; silentMs: number },
): Stop | undefined {
  if (elapsedMs >= maxRuntimeMs) {
    return { why: 'timed-out', detail: `goose ran into its time limit of ${inWords(maxRuntimeMs)}` };
  }
  if (stallMs > 0 && silentMs >= stallMs) {
    return { why: 'stalled', detail: `goose wrote nothing for ${inWords(stallMs)}` };
  }
  return undefined;
}

function inWords(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
