import type { AgentLine } from '../domain/plan/agent-line.ts';
import type { Task } from '../domain/task.ts';

/** In whose pool a task is: in that of the agent to whom it is assigned, else in that of its queue; null: in none. */
export function poolOfTask(agents: readonly AgentLine[]): (task: Task) => string | null {
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  return ({ assignedTo, queue }) => {
    const agent = assignedTo === null ? undefined : byName.get(assignedTo);
    return agent === undefined ? queue : agent.queue;
  };
}
