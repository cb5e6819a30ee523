import { condition } from '@temporalio/workflow';
import type { OccurrenceInput } from '../../contract/occurrence.ts';
import type { ScheduleFull, ScheduleInput } from '../../contract/schedule.ts';
import type { ScheduleCarried } from '../../domain/schedule/kept.ts';
import { Answers } from '../sdk/fulfil.ts';

/** So long an answer waits for what the server has to be told. */
const ANSWER_MS = 10_000;

/** An occurrence that is to be started by us. */
export interface ToStart {
  input: OccurrenceInput & { plannedMs: number };
  /** The workflow ids that it may have, the best first. */
  ids: readonly string[];
  /** The one that it has; null: each is taken. Absent: it is not started yet. */
  started?: string | null;
}

/** When it is due, from what is compared on, in milliseconds since the epoch. */
export interface Due {
  /** Oldest first. */
  timesMs: number[];
  /** How many older ones there are. */
  more: number;
  /** There are no later ones. */
  isAll: boolean;
}

/** What a schedule knows, and what messages have told it. */
export class ScheduleState {
  readonly name: string;
  /** Undefined until somebody has defined it. */
  kept: ScheduleCarried | undefined;
  /** Something was recorded, or is due. */
  work = true;
  deleted = false;
  /** It continues as new, and nobody waits for what takes long. */
  leaving = false;
  /** Counts what the server is to be told. */
  wanted = 0;
  /** What of that it has been told. */
  told = 0;
  /** When it was told something new, in milliseconds since the epoch. */
  toldMs = 0;
  /** Make the server's schedule anew: it is there, and does not tick. */
  anew = false;
  /** Undefined: it has to be computed. */
  due: Due | undefined;
  readonly toStart: ToStart[] = [];
  /** What people ask that takes activities, in order. */
  readonly asked: (() => Promise<void>)[] = [];
  readonly answers: Answers;

  constructor({ name, carried, answers }: ScheduleInput) {
    this.answers = new Answers(answers);
    this.name = name;
    this.kept = carried;
    // It is looked whether the server still has it.
    if (carried !== undefined) this.wanted = 1;
  }

  get inForce(): boolean {
    return this.told === this.wanted && this.kept?.refused === undefined;
  }

  /** Those that are still to come. */
  get nextMs(): number[] {
    const nowMs = Date.now();
    return this.due?.timesMs.filter((ms) => ms > nowMs) ?? [];
  }

  /** Does what a message says, and wakes the loop. */
  record<T>(change: () => T): T {
    this.work = true;
    return change();
  }

  /** What the server has is not what is wanted any more, and what is due may have changed. */
  changed(): void {
    this.wanted += 1;
    this.due = undefined;
    this.work = true;
  }

  /** Waits until all that was wanted now is known to the server, but not for long. Says whether the server has taken it. */
  async settled(): Promise<boolean> {
    const { wanted } = this;
    const isTold = () => this.told >= wanted;
    await condition(() => this.leaving || (isTold() && this.due !== undefined), ANSWER_MS);
    return isTold() && this.kept?.refused === undefined;
  }

  /** Has an occurrence started, and waits for it. Its workflow id; null: each that it may have is taken. */
  async start(input: ToStart['input'], ids: readonly string[]): Promise<string | null> {
    const start: ToStart = { input, ids };
    this.record(() => this.toStart.push(start));
    await condition(() => start.started !== undefined);
    return start.started ?? null;
  }

  /** Has the loop do what takes activities, in turn, and waits for it. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.record(() => this.asked.push(() => work().then(resolve, reject)));
    });
  }

  full(): ScheduleFull {
    if (this.kept === undefined) throw new Error('this schedule is not defined');
    return { ...this.kept, inForce: this.inForce };
  }
}
