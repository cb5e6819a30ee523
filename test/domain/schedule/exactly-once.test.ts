import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeLost, compare, type Found, underWay, unknownOf } from '../../../domain/schedule/audit.ts';
import { edit, pause, resume, skip } from '../../../domain/schedule/edit.ts';
import { ended } from '../../../domain/schedule/ended.ts';
import { addLine, hasBegun } from '../../../domain/schedule/history.ts';
import type { ScheduleCarried, Timed } from '../../../domain/schedule/kept.ts';
import { GRACE_MS } from '../../../domain/schedule/patience.ts';
import {
  asks,
  at,
  endOf,
  everyMinute,
  idOf,
  lines,
  minuteOf,
  schedule,
} from '../../support/kept-schedules.ts';

// A day of a schedule, minute by minute: ticks that come, come late, or never; workers that are away; people who pause, edit and
// skip; workflows that are killed. All that is done to it happens half a minute after its times.

type Fate = 'on-time' | 'late' | 'lost' | 'killed-before' | 'killed-after' | 'twice';
type Deed = 'nothing' | 'pause' | 'resume' | 'edit-title' | 'edit-timing' | 'skip' | 'away' | 'end-all';
interface Minute {
  fate: Fate;
  deed: Deed;
}

const CATCH_UP_MS = 5 * 60_000;
const periodOf = ({ timing }: Pick<Timed, 'timing'>) =>
  timing.kind === 'every' ? timing.everyMs / 60_000 : 1;

class Day {
  readonly kept: ScheduleCarried = schedule({ catchUpMs: CATCH_UP_MS });
  /** Of the server: what it has by workflow id. */
  readonly server = new Map<string, Found>();
  /** Occurrences that nobody has carried out yet, with the minute in which somebody does. */
  readonly waiting: { minute: number; due: number }[] = [];
  readonly begun: { due: number; paused: boolean }[] = [];
  /** Times at which it was due, as an onlooker knows them. */
  readonly wasDue = new Set<number>();
  awayUntil = 0;

  minute(n: number, { fate, deed }: Minute): void {
    const { schedule: now } = this.kept.memo;
    if (n % periodOf(now.definition) === 0 && now.pause === undefined) {
      this.wasDue.add(n);
      this.tick(n, fate);
    }
    const atMs = at(n + 0.5);
    if (deed === 'away') this.awayUntil = n + 4;
    if (n < this.awayUntil) return;
    for (const each of this.waiting.filter(({ minute }) => minute <= n)) this.begins(each.due, n);
    this.do(deed, atMs);
    this.audit(atMs);
  }

  private tick(n: number, fate: Fate): void {
    if (fate === 'lost' || this.server.has(idOf(at(n)))) return;
    const isKilled = fate === 'killed-before';
    const closedAtMs = isKilled ? at(n + 0.1) : null;
    this.server.set(idOf(at(n)), { workflowId: idOf(at(n)), runId: 'tick', closedAtMs });
    if (isKilled) return;
    this.waiting.push({ minute: fate === 'late' ? n + 3 : n, due: n });
    if (fate === 'twice') this.waiting.push({ minute: n + 1, due: n });
    if (fate === 'killed-after') this.kill(n);
  }

  private kill(n: number): void {
    this.begins(n, n);
    this.server.set(idOf(at(n)), { workflowId: idOf(at(n)), runId: 'tick', closedAtMs: at(n + 0.2) });
  }

  private begins(due: number, n: number): void {
    const index = this.waiting.findIndex((each) => each.due === due);
    if (index >= 0) this.waiting.splice(index, 1);
    const atMs = Math.max(at(n) + 100, at(due) + 100);
    const before = this.kept.memo.now.count;
    const paused = this.kept.memo.schedule.pause !== undefined;
    const newest = Math.floor(minuteOf(atMs) / periodOf(this.kept.memo.schedule.definition));
    const newestDueMs = at(newest * periodOf(this.kept.memo.schedule.definition));
    asks(this.kept, due, { atMs, newestDueMs });
    if (this.kept.memo.now.count > before) this.begun.push({ due, paused });
  }

  private do(deed: Deed, atMs: number): void {
    const { kept } = this;
    const { version, definition } = kept.memo.schedule;
    if (deed === 'pause') pause(kept, {}, atMs);
    if (deed === 'resume') resume(kept, atMs);
    if (deed === 'edit-title')
      edit(kept, { definition: { ...definition, priority: version }, expects: version }, atMs);
    if (deed === 'edit-timing') {
      const everyMs = periodOf(definition) === 1 ? 120_000 : 60_000;
      const other = everyMinute({ timing: { kind: 'every', everyMs }, catchUpMs: CATCH_UP_MS });
      edit(kept, { definition: other, expects: version }, atMs);
    }
    if (deed === 'skip') skip(kept, this.due(definition, atMs, atMs + 300_000), undefined);
    if (deed !== 'end-all') return;
    for (const { workflowId, runId = '', number } of underWay(kept)) {
      if (number === undefined) continue;
      ended(kept, { workflowId, runId, endedMs: atMs, ended: endOf('done') }, atMs);
      this.server.set(workflowId, { workflowId, runId, closedAtMs: atMs });
    }
  }

  private due(timed: Pick<Timed, 'timing'>, afterMs: number, untilMs: number): number[] {
    const step = periodOf(timed) * 60_000;
    const first = Math.floor((afterMs - at(0)) / step) + 1;
    const count = Math.floor((untilMs - at(0)) / step) - first + 1;
    return Array.from({ length: Math.max(0, count) }, (_, n) => at(0) + (first + n) * step);
  }

  /** As workflows/schedule/watchdog.ts does it. */
  private audit(nowMs: number): void {
    const { kept } = this;
    const limitMs = nowMs - GRACE_MS;
    for (const former of [...(kept.before ?? [])]) {
      if (former.untilMs > limitMs) return;
      this.compare(former.timed, former.untilMs, former.untilMs, { nowMs, isFormer: true });
      kept.before = kept.before?.filter((each) => each !== former) ?? [];
    }
    const { pause: is, definition } = kept.memo.schedule;
    if (is === undefined || kept.auditedMs < is.atMs)
      this.compare(definition, nowMs, Math.max(limitMs, kept.auditedMs), { nowMs, isFormer: false });
    const ids = underWay(kept).map(({ workflowId }) => workflowId);
    closeLost(
      kept,
      ids,
      ids.flatMap((id) => this.server.get(id) ?? []),
      nowMs,
    );
  }

  private compare(
    timed: Timed,
    dueUntilMs: number,
    untilMs: number,
    about: { nowMs: number; isFormer: boolean },
  ): void {
    const { kept } = this;
    const unknown = unknownOf(kept, this.due(timed, kept.auditedMs, dueUntilMs));
    const found = unknown.flatMap((ms) => this.server.get(idOf(ms)) ?? []);
    const { start } = compare(kept, { ...about, unknown, more: 0, found, untilMs, timed, idOf, toldMs: 0 });
    if (start === undefined) return;
    addLine(kept, { workflowId: idOf(start), trigger: 'plan', plannedMs: start });
    this.server.set(idOf(start), { workflowId: idOf(start), runId: 'ours', closedAtMs: null });
    this.waiting.push({ minute: minuteOf(about.nowMs) + 0.5, due: minuteOf(start) });
  }
}

const minutes = fc.array(
  fc.record<Minute>({
    fate: fc.constantFrom('on-time', 'on-time', 'late', 'lost', 'killed-before', 'killed-after', 'twice'),
    deed: fc.oneof(
      { weight: 5, arbitrary: fc.constant<Deed>('nothing') },
      {
        weight: 4,
        arbitrary: fc.constantFrom<Deed>(
          'pause',
          'resume',
          'resume',
          'edit-title',
          'edit-timing',
          'skip',
          'away',
          'end-all',
        ),
      },
    ),
  }),
  { minLength: 1, maxLength: 60 },
);

function play(plan: Minute[]): Day {
  const day = new Day();
  plan.forEach((minute, n) => void day.minute(n + 1, minute));
  // Then all is quiet, until all that was under way has been looked at.
  for (let n = 1; n <= 12; n++) day.minute(plan.length + n, { fate: 'on-time', deed: 'nothing' });
  return day;
}

const RUNS = { numRuns: 600 };

test('a paused schedule never begins anything planned', () => {
  fc.assert(
    fc.property(minutes, (plan) => {
      expect(play(plan).begun.filter(({ paused }) => paused)).toEqual([]);
    }),
    RUNS,
  );
});

test('each due time has at most one occurrence that began', () => {
  fc.assert(
    fc.property(minutes, (plan) => {
      const day = play(plan);
      const begun = day.begun.map(({ due }) => due);
      expect(begun).toEqual([...new Set(begun)]);
      expect(day.kept.history.filter(hasBegun).length).toBe(begun.length);
    }),
    RUNS,
  );
});

test('each due time ends up with exactly one record, and nothing else has one', () => {
  fc.assert(
    fc.property(minutes, (plan) => {
      const day = play(plan);
      const known = day.kept.history.map(({ plannedMs }) => minuteOf(plannedMs));
      const due = [...day.wasDue].filter((minute) => at(minute) <= day.kept.auditedMs);
      const about = `${lines(day.kept)} audited ${minuteOf(day.kept.auditedMs)}`;
      expect(known.filter((minute) => at(minute) <= day.kept.auditedMs).sort(ascending), about).toEqual(
        due.sort(ascending),
      );
      expect(new Set(known).size).toBe(known.length);
    }),
    RUNS,
  );
});

test('what is left out adds up with the totals', () => {
  fc.assert(
    fc.property(minutes, (plan) => {
      const { history, totals } = play(plan).kept;
      const over = history.filter((line) => line.ended !== undefined).length;
      expect(totals.reduce((sum, day) => sum + day.done + day.failed + day.cancelled + day.leftOut, 0)).toBe(
        over,
      );
    }),
    RUNS,
  );
});

function ascending(a: number, b: number): number {
  return a - b;
}
