import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import { occurrenceId } from '../../contract/ids.ts';
import { cut } from '../../domain/cut.ts';
import { type Compared, closeLost, compare, underWay, unknownOf } from '../../domain/schedule/audit.ts';
import { finish } from '../../domain/schedule/edit.ts';
import { addLine } from '../../domain/schedule/history.ts';
import type { ScheduleCarried } from '../../domain/schedule/kept.ts';
import { ANEW_MS, GRACE_MS, LOOK_MS, OVERSLEPT_MS, REST_MS } from '../../domain/schedule/patience.ts';
import { NEVER } from '../sdk/alarm.ts';
import { dueTimes, occurrencesThere } from './activities.ts';
import type { ScheduleState } from './schedule-state.ts';

/** As many as an activity asks for. */
const MOST_ASKED = 1_000;
/** As many as dueTimes gives of those to come, where there are so many. */
export const NEXT = 20;

/** Compares what was due with what began, so that a tick that never came is noticed. */
export class Watchdog {
  readonly #state: ScheduleState;
  #lookedAtMs = Date.now();
  #notBeforeMs = 0;
  #anewAtMs = 0;

  constructor(state: ScheduleState) {
    this.#state = state;
  }

  get #kept(): ScheduleCarried {
    if (this.#state.kept === undefined) throw new Error('this schedule is not defined');
    return this.#state.kept;
  }

  /** When it is to look next, in milliseconds since the epoch. */
  get dueAtMs(): number {
    if (this.#state.deleted) return NEVER;
    const openMs = underWay(this.#kept).length > 0 ? this.#lookedAtMs + LOOK_MS : NEVER;
    const nextMs = Math.min(openMs, this.#compareAtMs);
    return Math.max(nextMs, this.#lookedAtMs + REST_MS, this.#notBeforeMs);
  }

  get #compareAtMs(): number {
    const { before = [], auditedMs, memo } = this.#kept;
    const { pause, definition } = memo.schedule;
    const [former] = before;
    if (former !== undefined) return former.untilMs + GRACE_MS + former.timed.jitterMs;
    const graceMs = GRACE_MS + definition.jitterMs;
    if (pause !== undefined) return auditedMs < pause.atMs ? pause.atMs + graceMs : NEVER;
    const first = this.#state.due?.timesMs.find((ms) => ms > auditedMs);
    return first === undefined ? NEVER : first + graceMs;
  }

  /** Computes when it is due. */
  async plan(): Promise<void> {
    const state = this.#state;
    const { definition, finished } = this.#kept.memo.schedule;
    if (finished || state.deleted) {
      state.due = { timesMs: [], more: 0, isAll: true };
      return;
    }
    const { before = [], auditedMs } = this.#kept;
    const afterMs = Math.max(auditedMs, before.at(-1)?.untilMs ?? 0);
    const due = await this.#dueTimes({ definition, afterMs, untilMs: Date.now() });
    // An edit in between wants it computed anew.
    if (this.#kept.memo.schedule.definition !== definition) return;
    state.due = due;
    this.#finishIfOver();
  }

  async #dueTimes(asked: Parameters<typeof dueTimes>[0]): Promise<ScheduleState['due']> {
    try {
      const { dueMs, more, nextMs, days } = await dueTimes(asked);
      this.#kept.days = days;
      return { timesMs: [...dueMs, ...nextMs], more, isAll: nextMs.length < NEXT };
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      // It may be of a newer version: nothing is known, and it is not over.
      this.#kept.refused = cut(error.cause?.message ?? error.message);
      return { timesMs: [], more: 0, isAll: false };
    }
  }

  #finishIfOver(): void {
    const { due } = this.#state;
    const { auditedMs, before = [], memo } = this.#kept;
    if (!due?.isAll || before.length > 0 || memo.schedule.finished) return;
    if (due.timesMs.some((ms) => ms > auditedMs)) return;
    finish(this.#kept);
    this.#state.wanted += 1;
    this.#state.work = true;
  }

  /** Looks, if it is time. */
  async look(): Promise<void> {
    const nowMs = Date.now();
    const { dueAtMs } = this;
    if (nowMs < dueAtMs) return;
    if (nowMs - dueAtMs > OVERSLEPT_MS && this.#notBeforeMs <= dueAtMs) {
      this.#notBeforeMs = nowMs + GRACE_MS;
      return;
    }
    this.#lookedAtMs = nowMs;
    await this.#compareFormer(nowMs);
    await this.#compareNow(nowMs);
    await this.lookAtOpen();
  }

  /** What was due before edits. */
  async #compareFormer(nowMs: number): Promise<void> {
    for (;;) {
      const kept = this.#kept;
      const [former] = kept.before ?? [];
      if (former === undefined || former.untilMs + GRACE_MS + former.timed.jitterMs > nowMs) return;
      const { untilMs, timed } = former;
      const definition = { ...kept.memo.schedule.definition, ...timed };
      const due = await this.#dueTimes({ definition, afterMs: kept.auditedMs, untilMs });
      const dueMs = (due?.timesMs ?? []).filter((ms) => ms <= untilMs);
      await this.#compare(dueMs, { more: due?.more ?? 0, untilMs, nowMs, timed, isFormer: true });
      kept.before = (kept.before ?? []).filter((each) => each !== former);
    }
  }

  async #compareNow(nowMs: number): Promise<void> {
    const state = this.#state;
    const kept = this.#kept;
    const { definition: timed, pause } = kept.memo.schedule;
    if (state.due === undefined || (kept.before ?? []).length > 0) return;
    if (pause !== undefined && kept.auditedMs >= pause.atMs) return;
    const untilMs = Math.max(kept.auditedMs, nowMs - GRACE_MS - timed.jitterMs);
    const dueMs = state.due.timesMs.filter((ms) => ms <= nowMs);
    await this.#compare(dueMs, { more: state.due.more, untilMs, nowMs, timed, isFormer: false });
    if (state.due === undefined) return;
    state.due.timesMs = state.due.timesMs.filter((ms) => ms > untilMs);
    state.due.more = 0;
    this.#finishIfOver();
    if (!state.due.isAll && state.nextMs.length === 0) state.due = undefined;
  }

  async #compare(
    dueMs: readonly number[],
    about: Pick<Compared, 'more' | 'untilMs' | 'nowMs' | 'timed' | 'isFormer'>,
  ): Promise<void> {
    const kept = this.#kept;
    const idOf = (plannedMs: number) => occurrenceId(this.#state.name, plannedMs);
    const ids = unknownOf(kept, dueMs).map(idOf).slice(-MOST_ASKED);
    const found = ids.length === 0 ? [] : await occurrencesThere(ids);
    const wasSilent = kept.didNotFireMs !== undefined;
    // Some may have begun while the server was asked.
    const unknown = unknownOf(kept, dueMs);
    const { start, didNotFire } = compare(kept, {
      ...{ ...about, unknown, found, idOf, toldMs: this.#state.toldMs },
    });
    if (start !== undefined) this.#start(start, idOf(start));
    if (didNotFire) this.#repair(about.nowMs, wasSilent);
  }

  /** Its line is there first: the server's tick may come in the same moment, and one of the two is refused by the server. */
  #start(plannedMs: number, workflowId: string): void {
    addLine(this.#kept, { workflowId, trigger: 'plan', plannedMs });
    this.#state.record(() =>
      this.#state.toStart.push({ input: { schedule: this.#state.name, plannedMs }, ids: [workflowId] }),
    );
  }

  /** It may have been deleted, which is seen at a look; if it is there and stays silent, it is made anew. */
  #repair(nowMs: number, wasSilent: boolean): void {
    if (wasSilent && nowMs - this.#anewAtMs > ANEW_MS) {
      this.#anewAtMs = nowMs;
      this.#state.anew = true;
    }
    this.#state.wanted += 1;
  }

  /** Some that are under way may have been ended without a word. */
  async lookAtOpen(): Promise<void> {
    const ids = underWay(this.#kept).map(({ workflowId }) => workflowId);
    for (let at = 0; at < ids.length; at += MOST_ASKED) {
      const some = ids.slice(at, at + MOST_ASKED);
      const found = await occurrencesThere(some);
      const before = this.#state.kept?.memo.schedule.pause;
      closeLost(this.#kept, some, found, Date.now());
      if (this.#kept.memo.schedule.pause !== before) this.#state.changed();
    }
  }
}
