import type { AgentLine, PoolKnown } from '../domain/plan/agent-line.ts';
import type { ToldChanges } from '../domain/plan/changed-tasks.ts';
import type { InForce } from '../domain/plan/input.ts';
import type { Ranks } from '../domain/plan/line-order.ts';
import type { KeptAnswer } from './answers.ts';
import type { Deed } from './by-hand.ts';
import type { Complaint } from './complaint.ts';
import type { SchedulerStatus } from './messages.ts';
import type { FormerRuns, PackedAgents, PackedRuns, PassReport, SurveyInput } from './pass.ts';
import type { Serves } from './serves.ts';

/** What one run of the scheduler leaves to the next; plain JSON. All of it is absent at the very first start. */
export interface SchedulerInput {
  /** Number of the last pass. */
  pass?: number;
  /** By a person. */
  paused?: boolean;
  /** A person has stopped all agents. */
  stopped?: boolean;
  /** `TINYSCHEDULER_ENABLED` of who schedules. */
  enabled?: boolean;
  serves?: Serves | null;
  inForce?: InForce | null;
  // As in SurveyInput.
  first?: number[];
  runs?: PackedRuns | FormerRuns;
  assignedByUs?: SurveyInput['assignedByUs'];
  pools?: Record<string, PoolKnown>;
  ranks?: Ranks;
  toldChanges?: ToldChanges;
  /** Workflow ids of all semaphores. */
  semaphores?: string[];
  /** As the last pass found them. */
  agents?: PackedAgents | AgentLine[];
  /** Tells these from others; absent: of an earlier version, or there are none. */
  agentsMark?: string;
  /** With the head of the waiting tasks only. */
  lastPass?: PassReport;
  counts?: SchedulerStatus['counts'];
  complaints?: Complaint[];
  deeds?: Deed[];
  /** To those who asked for a pass. */
  answers?: KeptAnswer[];
}
