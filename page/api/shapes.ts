import type { z } from '@hono/zod-openapi';
import type { added } from '../../api/routes/add-task.ts';
import type { historyAnswer, runsAnswer } from '../../api/routes/history-shapes.ts';
import type { doneMany } from '../../api/routes/many-tasks.ts';
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
