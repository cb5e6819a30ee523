import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { surveyActivities } from '../../activities/survey/survey.ts';
import { statusText } from '../../client/cli/show/show-status.ts';
import { taskRows } from '../../client/cli/show/task-rows.ts';
import { statusJson } from '../../client/json/status.ts';
import { readSnapshot } from '../../client/snapshot.ts';
import { statusOf } from '../../client/status.ts';
import { loadConfig } from '../../config/load.ts';
import { packRuns, type SurveyInput } from '../../contract/pass.ts';
import type { Task } from '../../domain/task.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { clientOf, type DescribedRun } from '../support/described-runs.ts';
import { agentOf, MADE_AT, rankOfTask, taskOf } from '../support/tasks.ts';

const POOLS = 40;
const queueOf = (n: number) => `queue-${n % POOLS}`;
const agents = Array.from({ length: 200 }, (_, n) => agentOf(`agent-${n}`, 1, queueOf(n)));
const limits = agents.map(({ name }) => `${name}:1`).join(',');
const { config } = loadConfig({ env: { TINYSCHEDULER_AGENT_LIMITS: limits }, cwd: '/' });
/** An agent of each pool is at work. */
const busy = agents.slice(0, POOLS);

/** Of those that are not at work a third wait for the task before them, some have parts, and some are an agent's own. */
function tasksOf(count: number): Task[] {
  return Array.from({ length: count }, (_, at) => {
    const id = at + 1;
    const queue = queueOf(at);
    const agent = busy[at];
    if (agent !== undefined) return taskOf(id, { queue, status: 'working', assignedTo: agent.name });
    return taskOf(id, {
      ...{ queue, priority: id % 7, assignedTo: id % 11 === 0 ? `agent-${id % agents.length}` : null },
      blockedByTaskId: id % 3 === 0 ? id - 1 : null,
      parentTaskId: id % 10 === 0 ? id - 5 : null,
    });
  });
}

const runs = busy.map(({ name, queue }, at): DescribedRun => {
  const memo = { createdAt: MADE_AT, semaphore: `pool-${queue}`, wants: null, rankedAtMs: 0 };
  return {
    ...{ taskId: at + 1, agent: name, phase: 'running', closedAtMs: null, atAttempt: true },
    memo: { ...memo, rank: rankOfTask(at + 1) },
  };
});

const INPUT: SurveyInput = {
  ...{ full: true, once: false, runs: packRuns([]), assignedByUs: {}, pools: {}, ranks: {}, paused: false },
  ...{ first: [], toldChanges: {}, serves: null, last: null },
};

const tinytaskWith = (tasks: Task[]) => ({ listOpen: async () => tasks }) as unknown as TinyTask;

async function pass(tasks: Task[]): Promise<unknown> {
  const registry = { agents, mode: 'queue' as const, warnings: [] };
  const { survey } = surveyActivities({
    ...{ client: clientOf(() => runs), asking: clientOf(() => runs), tinytask: tinytaskWith(tasks), config },
    ...{ loadAgents: async () => registry, tell: () => undefined },
  });
  return new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() }).run(survey, INPUT);
}

async function status(tasks: Task[]): Promise<unknown> {
  const snapshot = await readSnapshot({ client: undefined, tinytask: tinytaskWith(tasks), config });
  const seen = statusOf(snapshot, config.heartbeatTimeoutMs);
  return [statusText(seen, Date.now()), statusJson(seen), taskRows(seen, tasks, Date.now())];
}

/** Milliseconds of processor time, the least of some rounds: what else the machine does at the time is not in it. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

const [FEW, MANY, MOST] = [100, 10_000, 40_000] as const;

test.each([
  ['a pass', pass],
  ['status', status],
])('%s costs no more for each task when there are more tasks', async (_what, work) => {
  const [few, many, most] = [tasksOf(FEW), tasksOf(MANY), tasksOf(MOST)];
  await work(many);
  const [forFew, forMany, forMost] = [
    await costOf(() => work(few)),
    await costOf(() => work(many)),
    await costOf(() => work(most)),
  ];
  const each = (forMany - forFew) / (MANY - FEW);
  const eachMore = (forMost - forMany) / (MOST - MANY);
  // 1 to 1.5 as measured. What looks at all tasks for each task makes it 3 or more.
  expect(eachMore / each, `${forFew}, ${forMany} and ${forMost} ms`).toBeLessThan(2.5);
});
