import type { z } from '@hono/zod-openapi';
import type { added } from '../../api/routes/add-task.ts';
import type { doneMany } from '../../api/routes/many-tasks.ts';
import type { agentAtWork, agentsAnswer, poolsAnswer, stateAnswer } from '../../api/routes/state-shapes.ts';
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
export type Explained = z.infer<typeof explainAnswer>;
export type Log = z.infer<typeof logAnswer>;
export type FoundInLog = z.infer<typeof foundInLog>;
export type Done = z.infer<typeof deedShape>;
export type DoneMany = z.infer<typeof doneMany>;
export type Added = z.infer<typeof added>;
