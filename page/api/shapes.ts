import type { z } from '@hono/zod-openapi';
import type { historyAnswer, runsAnswer } from '../../api/routes/history-shapes.ts';
import type { agentAtWork, agentsAnswer, poolsAnswer, stateAnswer } from '../../api/routes/state-shapes.ts';
import type { explainAnswer, taskAnswer, tasksAnswer } from '../../api/routes/task-shapes.ts';

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
