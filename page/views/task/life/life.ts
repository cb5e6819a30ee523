import type { Task } from '../../../api/shapes.ts';

/** A stretch of a task's life. Times are milliseconds since the epoch. */
export interface Stretch {
  is: 'waits' | 'waits-for-host' | 'runs' | 'between' | 'backs-off' | 'parked' | 'over';
  /** Of the attempt that it belongs to, or that it comes before; null: none. */
  attempt: number | null;
  fromMs: number;
  /** Null: it lasts. */
  untilMs: number | null;
}

type Told = Pick<Task, 'added' | 'updated' | 'status' | 'where' | 'attempts'>;

/** Its life from when it was added, as far as its attempts tell. What is not known makes no stretch. */
export function lifeOf({ added, updated, status, where, attempts }: Told): Stretch[] {
  const stretches: Stretch[] = [];
  let atMs = msOf(added);
  let before: string | undefined;
  for (const each of attempts ?? []) {
    const [sentMs, startedMs, endedMs] = [msOf(each.sent), msOf(each.started), msOf(each.ended)];
    const about = { attempt: each.attempt };
    const isSameRun = before === each.run_id;
    if (atMs !== null && sentMs !== null && sentMs > atMs)
      stretches.push({
        ...{ ...about, fromMs: atMs, untilMs: sentMs },
        is: before === undefined ? 'waits' : isSameRun ? 'backs-off' : 'between',
      });
    if (sentMs !== null && startedMs === null && endedMs === null)
      stretches.push({ ...about, is: 'waits-for-host', fromMs: sentMs, untilMs: null });
    else {
      if (sentMs !== null && startedMs !== null && startedMs > sentMs)
        stretches.push({ ...about, is: 'waits-for-host', fromMs: sentMs, untilMs: startedMs });
      const fromMs = startedMs ?? sentMs;
      if (fromMs !== null) stretches.push({ ...about, is: 'runs', fromMs, untilMs: endedMs });
    }
    atMs = endedMs;
    before = each.run_id;
  }
  const last = lastStretch(status, where, before !== undefined);
  if (atMs === null || last === undefined || attempts === null) return stretches;
  if (last !== 'over') return [...stretches, { is: last, attempt: null, fromMs: atMs, untilMs: null }];
  // Somebody else's work, or a person's: when it was completed is when it changed last, if that was not long after by accident.
  const endMs = msOf(updated);
  if (before === undefined && endMs !== null && endMs > atMs)
    stretches.push({ is: 'waits', attempt: null, fromMs: atMs, untilMs: endMs });
  return stretches;
}

function lastStretch(status: Told['status'], where: Told['where'], hasAttempts: boolean) {
  if (status === 'complete') return 'over';
  if (where === null) return undefined;
  if (where.phase === 'parked') return 'parked';
  if (where.phase === 'backing-off') return 'backs-off';
  if (where.phase === 'running' || where.phase === 'interrupted') return undefined;
  return hasAttempts ? 'between' : 'waits';
}

/** Null: not known. */
function msOf(time: string | null): number | null {
  const ms = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? null : ms;
}

/** A stretch with its place on the scale. */
export interface Drawn extends Stretch {
  /** Of the whole, in thousandths. */
  share: number;
  /** It is longer than it is drawn. */
  isCut: boolean;
  lastedMs: number;
}

const CUT_ABOVE_MS = 3_600_000;
/** Thinner ones are not seen. */
const LEAST = 4;

/**
 * Widths to scale. Waiting that is far longer than all that was done would leave nothing to see of it: it is cut, and drawn as long as the
 * longest of the rest.
 */
export function toScale(life: readonly Stretch[], nowMs: number): Drawn[] {
  const lasted = life.map(({ fromMs, untilMs }) => Math.max(0, (untilMs ?? nowMs) - fromMs));
  const longestWork = Math.max(0, ...life.map(({ is }, at) => (is === 'runs' ? (lasted[at] ?? 0) : 0)));
  const limit = Math.max(CUT_ABOVE_MS, longestWork * 3);
  const isCut = life.map(({ is }, at) => is !== 'runs' && longestWork > 0 && (lasted[at] ?? 0) > limit);
  const kept = lasted.filter((_, at) => !isCut[at]);
  const asLong = Math.max(...kept, 1);
  const drawn = lasted.map((ms, at) => (isCut[at] ? asLong : ms));
  const total = drawn.reduce((sum, ms) => sum + ms, 0) || 1;
  return life.map((stretch, at) => ({
    ...stretch,
    share: Math.max(LEAST, Math.round(((drawn[at] ?? 0) / total) * 1_000)),
    isCut: isCut[at] ?? false,
    lastedMs: lasted[at] ?? 0,
  }));
}
