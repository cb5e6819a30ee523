import { ApplicationFailure, patched } from '@temporalio/workflow';
import { occurrenceId } from '../../contract/ids.ts';
import type {
  BackfillAsked,
  Backfilled,
  DecideAsked,
  DecidedMissed,
  RanNow,
  RunNowAsked,
  SkipAsked,
  Skipped,
} from '../../contract/schedule.ts';
import { underWay } from '../../domain/schedule/audit.ts';
import { BOUNDS } from '../../domain/schedule/definition.ts';
import { skip } from '../../domain/schedule/edit.ts';
import { decide } from '../../domain/schedule/ended.ts';
import { hasBegun, isOpen, lineOf } from '../../domain/schedule/history.ts';
import { isMadeUpFor, lineFor, linesFor, makeUpFor } from '../../domain/schedule/make-up.ts';
import { dueTimes } from './activities.ts';
import type { ScheduleState } from './schedule-state.ts';
import { idsByHand, missedId } from './start-occurrences.ts';

/** What people have a schedule do beside its plan. Nothing of it moves the plan. */
export class ByHand {
  readonly #state: ScheduleState;

  constructor(state: ScheduleState) {
    this.#state = state;
  }

  async runNow({ force, evenIfPaused }: RunNowAsked): Promise<RanNow> {
    const { pause, finished } = this.#state.defined.memo.schedule;
    if (finished) return { started: false, because: 'finished' };
    if (pause !== undefined && !evenIfPaused) return { started: false, because: 'paused', pause };
    const { name } = this.#state;
    const plannedMs = Date.now();
    const input = { schedule: name, trigger: 'run-now', plannedMs, ...(force && { force }) } as const;
    const workflowId = await this.#state.start(input, idsByHand(name, plannedMs, 'now'));
    if (workflowId === null) throw ApplicationFailure.nonRetryable('too many were started in this second');
    return { started: true, workflowId };
  }

  /** Times that have begun are there already, whoever had them begin; one that was left out is not. */
  async backfill({ fromMs, toMs }: BackfillAsked): Promise<Backfilled> {
    const { definition } = this.#state.defined.memo.schedule;
    const untilMs = Math.min(toMs, Date.now());
    if (untilMs < fromMs) return { started: [], there: 0 };
    const asked = { definition, afterMs: fromMs - 1, untilMs };
    const { dueMs, more } = await this.#state.inTurn(() => dueTimes(asked));
    const count = dueMs.length + more;
    if (count > BOUNDS.backfill) return { started: [], there: 0, tooMany: count };
    const started = await Promise.all(dueMs.map((plannedMs) => this.#backfillOne(plannedMs)));
    const ids = started.filter((id) => id !== null);
    return { started: ids, there: count - ids.length };
  }

  async #backfillOne(plannedMs: number): Promise<string | null> {
    const state = this.#state;
    const { name, defined } = state;
    const lines = linesFor(defined, plannedMs);
    const once = isOnce();
    const isThere = once
      ? isMadeUpFor(defined, plannedMs)
      : lines.some((line) => hasBegun(line) || isOpen(line));
    if (isThere) return null;
    const input = { schedule: name, trigger: 'backfill', plannedMs } as const;
    // One that was left out has the workflow id of its time.
    const ids = lines.length === 0 ? [occurrenceId(name, plannedMs)] : idsByHand(name, plannedMs, 'backfill');
    if (!once) return state.start(input, ids);
    state.record(() => makeUpFor(defined, plannedMs));
    // Asked twice, the second comes to the same id while the first has not begun.
    const unused = ids.filter((id) => lineOf(defined, id) === undefined);
    return state.start(input, unused.slice(0, 1));
  }

  async skip({ plannedMs }: SkipAsked): Promise<Skipped> {
    const state = this.#state;
    const nextMs = await state.inTurn(async () => {
      const isKnown = plannedMs === undefined ? state.nextMs.length > 0 : state.nextMs.includes(plannedMs);
      if (isKnown) return state.nextMs;
      const { definition } = this.#state.defined.memo.schedule;
      const fromMs = Math.max(Date.now(), (plannedMs ?? 0) - 1);
      return (await dueTimes({ definition, afterMs: fromMs, untilMs: fromMs })).nextMs;
    });
    return { skipped: state.record(() => skip(this.#state.defined, nextMs, plannedMs)) };
  }

  async decide({ plannedMs, decide: wanted }: DecideAsked): Promise<DecidedMissed> {
    const { name } = this.#state;
    const decided = wanted === 'run' ? 'run' : 'skipped';
    const line = this.#state.record(() => decide(this.#state.defined, plannedMs, decided));
    if (line === undefined) return { decided: 'no-such-time' };
    if (decided === 'skipped') return { decided };
    const there = lineFor(this.#state.defined, plannedMs);
    if (there !== undefined && isOnce()) return { decided, workflowId: there.workflowId };
    const input = { schedule: name, trigger: 'missed', plannedMs } as const;
    // It is decided once. So if there is one already, it is that one: this schedule was reset, and reads again what it was sent.
    const workflowId = missedId(name, plannedMs);
    await this.#state.start(input, [workflowId]);
    return { decided, workflowId };
  }

  async delete(): Promise<{ open: number }> {
    const open = underWay(this.#state.defined).length;
    this.#state.deleted = true;
    this.#state.changed();
    await this.#state.settled();
    return { open };
  }
}

/** A history that was made without it is replayed without it. */
function isOnce(): boolean {
  return patched('made-up-for-once');
}
