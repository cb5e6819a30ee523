import type { z } from '@hono/zod-openapi';
import type { added } from '../../api/routes/add-task.ts';
import type { historyAnswer, runsAnswer } from '../../api/routes/history-shapes.ts';
import type { doneMany } from '../../api/routes/many-tasks.ts';
import type { backfilled, ranNow, skipped } from '../../api/routes/schedules/by-hand.ts';
import type { decided, listAnswer as missedAnswer } from '../../api/routes/schedules/missed.ts';
import type { answer as occurrencesAnswer } from '../../api/routes/schedules/occurrences.ts';
import type { nextAnswer, listAnswer as schedulesAnswer } from '../../api/routes/schedules/reading.ts';
import type { recentAnswer } from '../../api/routes/schedules/recent.ts';
import type { defined, preview, shownSchedule } from '../../api/routes/schedules/shapes.ts';
import type { deleted, disabled, enabled } from '../../api/routes/schedules/switches.ts';
import type { agentAtWork, agentsAnswer, poolsAnswer, stateAnswer } from '../../api/routes/state-shapes.ts';
import type { runningAnswer, summaryAnswer } from '../../api/routes/summary-shapes.ts';
import type { switched } from '../../api/routes/switches.ts';
import type { deedShape } from '../../api/routes/task-deeds.ts';
import type {
  explainAnswer,
  foundInLog,
  logAnswer,
  taskAnswer,
  tasksAnswer,
} from '../../api/routes/task-shapes.ts';

// What the API answers. Only types come from there.

export type State = z.infer<typeof stateAnswer>;
export type AgentState = State['agents'][number];
export type Agents = z.infer<typeof agentsAnswer>;
export type Agent = z.infer<typeof agentAtWork>;
export type Pools = z.infer<typeof poolsAnswer>;
export type Pool = Pools['pools'][number];
export type Tasks = z.infer<typeof tasksAnswer>;
export type TaskLine = Tasks['tasks'][number];
export type Task = z.infer<typeof taskAnswer>;
export type History = z.infer<typeof historyAnswer>;
/** Figures of runs together. */
export type RunGroup = History['all'];
export type Runs = z.infer<typeof runsAnswer>;
export type Explained = z.infer<typeof explainAnswer>;
export type Summary = z.infer<typeof summaryAnswer>;
export type Running = z.infer<typeof runningAnswer>;
export type AtWork = Running['running'][number];
export type DoneMany = z.infer<typeof doneMany>;
export type Switched = z.infer<typeof switched>;
export type Log = z.infer<typeof logAnswer>;
export type FoundInLog = z.infer<typeof foundInLog>;
export type Done = z.infer<typeof deedShape>;
export type Added = z.infer<typeof added>;
export type Schedules = z.infer<typeof schedulesAnswer>;
export type Schedule = Schedules['schedules'][number];
export type ShownSchedule = z.infer<typeof shownSchedule>;
export type ScheduleNext = z.infer<typeof nextAnswer>;
export type Coming = ScheduleNext['coming'];
export type ScheduleDefined = z.infer<typeof defined>;
export type SchedulePreview = z.infer<typeof preview>;
export type Occurrences = z.infer<typeof occurrencesAnswer>;
export type Occurrence = Occurrences['occurrences'][number];
export type Recent = z.infer<typeof recentAnswer>;
export type RecentOccurrence = NonNullable<Recent['schedules'][number]['occurrences']>[number];
export type Missed = z.infer<typeof missedAnswer>;
export type MissedTime = Missed['missed'][number];
export type MissedDecided = z.infer<typeof decided>;
export type RanNow = z.infer<typeof ranNow>;
export type SkippedNext = z.infer<typeof skipped>;
export type Backfilled = z.infer<typeof backfilled>;
export type ScheduleDisabled = z.infer<typeof disabled>;
export type ScheduleEnabled = z.infer<typeof enabled>;
export type ScheduleDeleted = z.infer<typeof deleted>;
