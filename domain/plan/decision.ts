import type { Rank } from '../rank.ts';
import type { Reason } from './reason.ts';

export interface Start {
  task: { id: number; createdAt: string };
  /** Workflow id of the semaphore that gives it its slot. */
  semaphore: string;
  /** The only agent that may have it; null: any of the pool. */
  wants: string | null;
  queue: string | null;
  /** The pool whose task this is; null when the task came with its agent. */
  pool: string | null;
  rank: Rank;
  /** That a tag of the task names; absent: its agent's. */
  recipe?: string;
  /** Workflow id of the occurrence that a tag of the task names. */
  occurrence?: string;
}

export interface Waiting {
  taskId: number;
  /** What keeps it from starting now. */
  reason: Reason;
  /** What will still keep it when that is over, where something will. */
  still?: Reason;
}

/** A task whose run is in line, with the rank that it has now. */
export interface InLine extends Waiting {
  semaphore: string;
  rank: Rank;
}

/** How an open task stands in a plan, for whoever asks about it. It is not kept in histories. */
export interface Standing {
  taskId: number;
  /** All that hold, the one that decides first. */
  reasons: readonly Reason[];
  /** Of which slots it has one, or is to get the next; absent: it is not its turn for one. */
  slot?: { semaphore: string /** Null: of any agent. */; agent: string | null };
}

export interface Plan {
  starts: Start[];
  /** Every open task that neither starts nor has a run at work or in line, in the order in which they would start. */
  waiting: Waiting[];
  /** Tasks whose run is in line, in the same order. */
  inLine: InLine[];
  /** Tasks whose run is in line where it may not stay: it leaves, and they are planned anew. */
  misplaced: number[];
  cycles: number[][];
}
