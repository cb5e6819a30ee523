import type { ConditionsSeen, NotifierInput, NotifierMemo } from '../../contract/notify.ts';
import type { Bundle } from '../../domain/notify/bundle.ts';
import {
  delivered,
  emptyOutbox,
  failingIn,
  look,
  next,
  notDelivered,
  type Outbox,
  type TellingRules,
  tellDue,
  tellDueMs,
  waitingIn,
} from '../../domain/notify/outbox.ts';
import type { NotDelivered } from '../../domain/notify/patience.ts';

/** What the notifier knows, and whether its loop has something to do. */
export class NotifierState {
  readonly outbox: Outbox;
  work = true;
  rules: TellingRules | undefined;

  /** @param series by which the ids of messages begin, where nothing is carried over */
  constructor({ carried, rules }: NotifierInput, series: string) {
    this.rules = rules;
    this.outbox = carried ?? emptyOutbox(series);
  }

  saw({ rules, ...changes }: ConditionsSeen, nowMs: number): void {
    this.rules = rules;
    look(this.outbox, changes, rules, nowMs);
    this.work = true;
  }

  answered(id: string, answer: 'delivered' | NotDelivered, nowMs: number): void {
    if (answer === 'delivered') delivered(this.outbox, id, this.#telling(), nowMs);
    else notDelivered(this.outbox, id, answer, nowMs);
    this.work = true;
  }

  /** What is to be sent now; undefined: nothing, and `wakeMs` has when that changes by itself. */
  due(nowMs: number): { send?: Bundle; wakeMs?: number } {
    const { rules } = this;
    if (rules !== undefined) tellDue(this.outbox, rules, nowMs);
    const step = next(this.outbox, nowMs);
    if (step !== undefined && 'send' in step) return { send: step.send };
    const tellMs = rules && tellDueMs(this.outbox, rules);
    const wakeMs = Math.min(step?.atMs ?? Number.POSITIVE_INFINITY, tellMs ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(wakeMs) ? { wakeMs } : {};
  }

  successor(): NotifierInput {
    return { carried: this.outbox, ...(this.rules && { rules: this.rules }) };
  }

  memo(): NotifierMemo {
    const failing = failingIn(this.outbox);
    return {
      notifier: {
        waiting: waitingIn(this.outbox),
        ...(failing && { failing: { sinceMs: failing.sinceMs, problem: failing.problem } }),
      },
    };
  }

  /** Before the first look of this run: as a message that was carried over is delivered, its end is told where one is known. */
  #telling(): TellingRules {
    return this.rules ?? { afterMs: 0, recovered: true };
  }
}
