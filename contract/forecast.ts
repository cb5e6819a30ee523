import type { Change } from '../domain/forecast/change.ts';
import type { Moved } from '../domain/forecast/compare.ts';
import type { Foreseen, Foresight } from '../domain/forecast/forecast.ts';
import type { Problem, SchedulerState } from './status.ts';

// What is foreseen: facts. Times are milliseconds since the epoch; what is not known is null.

/** An open task, with what is foreseen of it. */
export interface ForeseenTask extends Foreseen {
  title: string;
  queue: string | null;
}

/** What it all rests on: past tasks, the newest that the server knows. */
export interface RestsOn {
  /** Whose courses are known from their first attempt until they were over. */
  tasks: number;
  /** When the first of them was over; null: there are none. */
  sinceMs: number | null;
  /** Tasks that had attempts and are not over, so nobody knows how long they take; their attempts do not count. */
  notOver: number;
}

/** Tasks that schedules will make, which are played with those that are open. */
export interface ComingTasks {
  tasks: number;
  /** Names of the schedules, the one that is due first at the head; and how many more there are. */
  schedules: string[];
  schedulesMore: number;
  /** Later ones are not among them. */
  untilMs: number;
}

export interface Forecast extends SchedulerState, Omit<Foresight, 'tasks' | 'restsOn'> {
  atMs: number;
  /** Of what is asked about, in the order in which they go. */
  tasks: ForeseenTask[];
  restsOn: RestsOn;
  /** Null: no schedule is due within a day. */
  coming: ComingTasks | null;
  problems: Problem[];
}

/** What is foreseen of a backlog as a whole. */
export type Outlook = Pick<Foresight, 'end' | 'ending' | 'kept' | 'unknown'>;

/** What a change would do. Nothing is changed by asking. */
export interface WhatIf extends SchedulerState {
  atMs: number;
  changes: Change[];
  before: Outlook;
  after: Outlook;
  /** Tasks that would start now and do not without the change, and those that would not although they do without it. */
  starts: ForeseenTask[];
  waits: ForeseenTask[];
  /** Tasks that would not start by themselves any more, and those that would again. */
  keeps: ForeseenTask[];
  frees: ForeseenTask[];
  /** The tasks whose end moves most, the most first; and how many more move. */
  moved: (Moved & { title: string })[];
  movedMore: number;
  restsOn: RestsOn;
  coming: ComingTasks | null;
  problems: Problem[];
}
