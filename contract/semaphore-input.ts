import type { PoolKnown } from '../domain/plan/agent-line.ts';
import type { KnownOfAgent } from '../domain/slots/agent-slots.ts';
import type { Pool, PoolPolicy } from '../domain/slots/pool.ts';
import type { Deed } from './by-hand.ts';
import type { Complaint } from './complaint.ts';

export interface SemaphoreInput {
  /** Its workflow id. */
  semaphore: string;
  policy: PoolPolicy;
  /** Agents that come from another pool, where they may still hold slots, and what was known of them there. */
  moved: KnownOfAgent[];
  /** What the semaphore told that was here before, and that somebody has ended. */
  before?: PoolKnown;
  /** As in its memo, and in those of semaphores from which agents come. */
  deeds?: Deed[];
  /** The scheduler is paused or disabled. */
  schedulerPaused: boolean;
  /** No semaphore of this id was ever there, so nobody but a moved agent's run can hold a slot of it. */
  fresh: boolean;
  /** As in its memo, which has it from the start. Absent: fresh, or started by an earlier version. */
  fencesFrom?: number;
  /** From the run of the semaphore that has continued as new. */
  carried?: Carried;
}

export interface Carried {
  pool: Pool;
  /** About what people sent it. */
  complaints: Complaint[];
  deeds?: Deed[];
  secondLook: SecondLook | null;
  /** When the holders were looked at last, in milliseconds since the epoch. */
  lookedAtMs: number;
}

/** When runs are looked for a second time, and of which agents; these are given nothing before. See workflows/pool/looks.ts. */
export interface SecondLook {
  agents: string[];
  /** Milliseconds since the epoch. */
  atMs: number;
}
