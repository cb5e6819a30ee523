import { ApplicationFailure } from '@temporalio/workflow';
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
import { hasBegun, isOpen } from '../../domain/schedule/history.ts';
import type { ScheduleCarried } from '../../domain/schedule/kept.ts';
import { dueTimes } from './activities.ts';
import type { ScheduleState } from './schedule-state.ts';
import { idsByHand } from './start-occurrences.ts';

/** What people have a schedule do beside its plan. Nothing of it moves the plan. */
export class ByHand {
  readonly #state: ScheduleState;

  constructor(state: ScheduleState) {
    this.#state = state;
  }

  get #kept(): ScheduleCarried {
    if (this.#state.kept === undefined) throw new Error('this schedule is not defined');
    return this.#state.kept;
  }

  async runNow({ force, evenIfPaused }: RunNowAsked): Promise<RanNow> {
    const { pause, finished } = this.#kept.memo.schedule;
    if (finished) return { started: false, because: 'finished' };
    if (pause !== undefined && !evenIfPaused) return { started: false, because: 'paused', pause };
    const { name } = this.#state;
    const plannedMs = Date.now();
    const input = { schedule: name, trigger: 'run-now', plannedMs, ...(force && { force }) } as const;
    const workflowId = await this.#state.start(input, idsByHand(name, plannedMs, 'now'));
    if (workflowId === null) throw ApplicationFailure.nonRetryable('too many were started in this second');
    return { started: true, workflowId };
  }

  /** Times that have begun are there already, whoever had them begin. */
  async backfill({ fromMs, toMs }: BackfillAsked): Promise<Backfilled> {
    const { definition } = this.#kept.memo.schedule;
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
    const { name } = this.#state;
    const lines = this.#kept.history.filter(
      (line) => line.plannedMs === plannedMs && line.trigger !== 'run-now',
    );
    if (lines.some((line) => hasBegun(line) || isOpen(line))) return null;
    const input = { schedule: name, trigger: 'backfill', plannedMs } as const;
    // One that was left out has the workflow id of its time.
    const ids = lines.length === 0 ? [occurrenceId(name, plannedMs)] : idsByHand(name, plannedMs, 'backfill');
    return this.#state.start(input, ids);
  }

  async skip({ plannedMs }: SkipAsked): Promise<Skipped> {
    const state = this.#state;
    const nextMs = await state.inTurn(async () => {
      const isKnown = plannedMs === undefined ? state.nextMs.length > 0 : state.nextMs.includes(plannedMs);
      if (isKnown) return state.nextMs;
      const { definition } = this.#kept.memo.schedule;
      const fromMs = Math.max(Date.now(), (plannedMs ?? 0) - 1);
      return (await dueTimes({ definition, afterMs: fromMs, untilMs: fromMs })).nextMs;
    });
    return { skipped: state.record(() => skip(this.#kept, nextMs, plannedMs)) };
  }

  async decide({ plannedMs, decide: wanted }: DecideAsked): Promise<DecidedMissed> {
    const { name } = this.#state;
    const decided = wanted === 'run' ? 'run' : 'skipped';
    const line = this.#state.record(() => decide(this.#kept, plannedMs, decided));
    if (line === undefined) return { decided: 'no-such-time' };
    if (decided === 'skipped') return { decided };
    const input = { schedule: name, trigger: 'missed', plannedMs } as const;
    const workflowId = await this.#state.start(input, idsByHand(name, plannedMs, 'missed'));
    if (workflowId === null) throw ApplicationFailure.nonRetryable('it was decided about too often');
    return { decided, workflowId };
  }

  async delete(): Promise<{ open: number }> {
    const open = underWay(this.#kept).length;
    this.#state.deleted = true;
    this.#state.changed();
    await this.#state.settled();
    return { open };
  }
}
