import type { Task } from '../task.ts';
import type { AgentLine, BudgetLine } from './agent-line.ts';
import { around } from './around.ts';
import type { Standing } from './decision.ts';
import type { PlanInput } from './input.ts';
import { standingsOf } from './plan.ts';
import { type Need, type Remedy, remediesFor } from './remedy.ts';

/** What would start a task. */
export interface SmallestChange {
  /** All of them, in this order. Empty: it starts as things are. */
  needs: Need[];
  /** The planner starts it once the first remedy of each is done. False: it cannot be foreseen. */
  isEnough: boolean;
}

/** Beyond the reasons of one task there are not so many. */
const MOST_NEEDS = 8;
const ON_ITS_WAY = ['starting', 'slot-due', 'running', 'starts-limited'];

/**
 * What would start a task, found by planning with one reason after the other taken away: so what is said is what the planner
 * would do. Of several remedies those that would not help now are left out.
 *
 * @param standings of `input`
 */
export function smallestChange(
  input: PlanInput,
  standings: ReadonlyMap<number, Standing>,
  taskId: number,
): SmallestChange {
  const needs: Need[] = [];
  const taken = new Set<string>();
  let now = { input: around(input, taskId), standings };
  for (;;) {
    const standing = now.standings.get(taskId);
    const reason = standing?.reasons[0];
    // A parent is complete with the last of its subtasks, and nothing else remains to be done.
    if (standing === undefined || reason === undefined) return { needs, isEnough: true };
    if (ON_ITS_WAY.includes(reason.why)) return { needs, isEnough: true };
    if (taken.has(reason.why) || needs.length === MOST_NEEDS) return { needs, isEnough: false };
    taken.add(reason.why);
    const [first, ...others] = remediesFor(standing, reason, now.standings);
    if (first === undefined) return { needs, isEnough: false };
    const before = now;
    needs.push([
      first,
      ...others.filter((each) => each.do !== 'run-now' || helps(before.input, each, taskId)),
    ]);
    if (reason.why === 'open-subtasks') return { needs, isEnough: true };
    const after = done(now.input, first, taskId);
    if (after === undefined) return { needs, isEnough: false };
    now = { input: after, standings: standingsOf(after) };
  }
}

function helps(input: PlanInput, remedy: Remedy, taskId: number): boolean {
  const after = done(input, remedy, taskId);
  const [first] = (after && standingsOf(after).get(taskId)?.reasons) ?? [];
  return first !== undefined && ON_ITS_WAY.includes(first.why);
}

/** How things are when it is done; undefined where it could be done in many ways. */
function done(input: PlanInput, remedy: Remedy, taskId: number): PlanInput | undefined {
  switch (remedy.do) {
    case 'enable':
      return { ...input, enabled: true };
    case 'resume':
      return resumed(input);
    case 'resume-agent':
    case 'mend-agent':
      return withAgents(
        input,
        ({ name }) => name === remedy.agent,
        (agent) => ({
          ...(remedy.do === 'resume-agent' && remedy.stopped ? started(agent) : { ...agent, paused: false }),
          health: { state: 'well' },
        }),
      );
    case 'resume-queue':
      return withAgents(
        input,
        ({ queue }) => queue === remedy.queue,
        (agent) => (remedy.stopped ? poolStarted(agent) : { ...agent, poolPaused: false }),
      );
    case 'give-slots':
      return withAgents(
        input,
        ({ name }) => name === remedy.agent,
        (agent) => ({ ...agent, limit: 1 }),
      );
    case 'free-slots':
      return withSlots(input, remedy);
    case 'raise-budget':
      return withBudget(input, remedy);
    case 'run-now':
      return { ...input, first: [...input.first, remedy.taskId] };
    case 'retry':
      return withoutRun(input, remedy.taskId);
    case 'wait':
      return waited(input, taskId);
    case 'complete':
      return withoutTasks(input, new Set(remedy.taskIds));
    case 'unblock':
      return withTask(input, remedy.taskId, { blockedByTaskId: null, isCurrentlyBlocked: false });
    case 'give-queue-or-agent':
    case 'add-agent-for-queue':
    case 'add-agent':
    case 'write-control-file':
    case 'start-daemon':
      return undefined;
  }
}

/** What was stopped and paused is paused still; that shows when the stop is undone. */
function resumed({ stopped: _, ...input }: PlanInput): PlanInput {
  return { ...input, paused: false };
}

function started({ stopped: _, ...agent }: AgentLine): AgentLine {
  return agent;
}

function poolStarted({ poolStopped: _, ...agent }: AgentLine): AgentLine {
  return agent;
}

function withAgents(
  input: PlanInput,
  isMeant: (agent: AgentLine) => boolean,
  change: (agent: AgentLine) => AgentLine,
): PlanInput {
  const agents = input.agents.map((agent) => (isMeant(agent) ? change(agent) : agent));
  return { ...input, agents };
}

/** The slots are those of one agent, or of whichever of the pool can be given something. */
function withSlots(input: PlanInput, { whose, count }: Extract<Remedy, { do: 'free-slots' }>): PlanInput {
  const isMeant = ({ name, queue }: AgentLine) =>
    'agent' in whose ? name === whose.agent : queue === whose.queue;
  const more = (agent: AgentLine) => ({ ...agent, limit: agent.limit + count });
  return withAgents(input, (agent) => isMeant(agent) && agent.limit > 0, more);
}

function withBudget(input: PlanInput, { whose, above }: Extract<Remedy, { do: 'raise-budget' }>): PlanInput {
  const raised = (budget: BudgetLine | undefined) => budget && { ...budget, tokensPerDay: above + 1 };
  const [isMeant, key] =
    'agent' in whose
      ? [({ name }: AgentLine) => name === whose.agent, 'budget' as const]
      : [({ queue }: AgentLine) => queue === whose.queue, 'poolBudget' as const];
  return withAgents(input, isMeant, (agent) => {
    const budget = raised(agent[key]);
    return budget === undefined ? agent : { ...agent, [key]: budget };
  });
}

/** Its back-off is over, its last run's processes are gone, its agents are looked after and tried, the day is over. */
function waited(input: PlanInput, taskId: number): PlanInput {
  const agents = input.agents.map(({ poolHold: _, budget: __, poolBudget: ___, ...agent }) => ({
    ...agent,
    quiet: false,
    health: { state: 'well' as const },
  }));
  const { [String(taskId)]: ____, ...dying } = input.dying;
  return { ...withoutRun({ ...input, dying }, taskId), agents };
}

function withoutRun(input: PlanInput, taskId: number): PlanInput {
  const openRuns = input.openRuns.filter((run) => run.taskId !== taskId);
  return withTask({ ...input, openRuns }, taskId, { status: 'idle' });
}

function withoutTasks(input: PlanInput, ids: ReadonlySet<number>): PlanInput {
  const tasks = input.tasks
    .filter(({ id }) => !ids.has(id))
    .map((task) => (ids.has(task.blockedByTaskId ?? 0) ? { ...task, isCurrentlyBlocked: false } : task));
  return { ...input, tasks, openRuns: input.openRuns.filter((run) => !ids.has(run.taskId)) };
}

function withTask(input: PlanInput, taskId: number, change: Partial<Task>): PlanInput {
  return { ...input, tasks: input.tasks.map((task) => (task.id === taskId ? { ...task, ...change } : task)) };
}
