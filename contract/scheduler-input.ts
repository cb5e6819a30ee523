import type { AgentLine, PoolKnown } from '../domain/plan/agent-line.ts';
import type { ToldChanges } from '../domain/plan/changed-tasks.ts';
import type { InForce } from '../domain/plan/input.ts';
import type { Ranks } from '../domain/plan/line-order.ts';
import type { Complaint } from './complaint.ts';
import type { SchedulerStatus } from './messages.ts';
import type { PackedRuns, PassReport } from './pass.ts';
import type { Serves } from './serves.ts';

/** What one run of the scheduler leaves to the next; plain JSON. */
export interface SchedulerInput {
  pass?: number;
  paused?: boolean;
  enabled?: boolean;
  serves?: Serves | null;
  inForce?: InForce | null;
  first?: number[];
  runs?: PackedRuns;
  assignedByUs?: Record<string, { pool: string; agent: string }>;
  pools?: Record<string, PoolKnown>;
  ranks?: Ranks;
  semaphores?: string[];
  agents?: AgentLine[];
  lastPass?: PassReport;
  counts?: SchedulerStatus['counts'];
  complaints?: Complaint[];
  toldChanges?: ToldChanges;
}
