import type { Complaint } from '../complaint.ts';
import type { KnownOfAgent, PoolPolicy } from './pool.ts';

/** What a semaphore keeps as its memo, so that it can be read without waking it. */
export interface SemaphoreMemo {
  policy: PoolPolicy;
  paused: boolean;
  schedulerPaused: boolean;
  /** A grant with a smaller fence is no longer good for a claim. */
  fencesFrom: number;
  /** Agents of which something is known besides the policy: see knownAgents. */
  agents: KnownOfAgent[];
  /** About what people sent it. */
  complaints: Complaint[];
}
