import type { SchedulerClient } from '../../../client/scheduler-client.ts';
import type { Look, OpenTask, PoolStatus } from '../../../contract/listings.ts';
import type { RunningNow, TaskAtWork } from '../../../contract/running.ts';
import type { AgentStatus, Explanation, RunLine, TaskDone } from '../../../contract/status.ts';
import type { Reason } from '../../../domain/plan/reason.ts';
import { schedulerError } from '../../../words/errors.ts';
import { ATTEMPT, agentOf, lookOf, openTaskOf } from '../../support/api-stand.ts';

const MINUTE_MS = 60_000;

/** What a scheduler of the test has; the test changes it, and the next look shows that. */
export interface Scene {
  agents: AgentStatus[];
  tasks: OpenTask[];
  atWork: TaskAtWork[];
  paused: boolean;
  /** Ids of parked tasks that a retry fails for. */
  stubborn: Set<number>;
  /** Each change that was asked for. */
  deeds: string[];
}

export function emptyScene(change: Partial<Scene> = {}): Scene {
  return {
    ...{ agents: [agentOf('ada')], tasks: [], atWork: [], paused: false },
    ...{ stubborn: new Set<number>(), deeds: [] },
    ...change,
  };
}

/** One that has a slot since so many minutes, of two hours. */
export function running(taskId: number, agent: string, change: Partial<OpenTask> = {}, minutes = 12) {
  const task = openTaskOf(taskId, {
    ...{ phase: 'running', agent, waits: null, sinceMs: Date.now() - minutes * MINUTE_MS },
    run: runLine(taskId, 'running', agent),
    ...change,
  });
  const sinceMs = Date.now() - minutes * MINUTE_MS;
  const atWork: TaskAtWork = {
    ...{ taskId, title: task.title, agent, pool: task.pool, state: 'running', runId: 'run', attempt: 1 },
    ...{ sinceMs, limitMs: 120 * MINUTE_MS, deadlineMs: sinceMs + 120 * MINUTE_MS, tokens: 34_567 },
    ...{ turns: 7, host: 'here', heardMs: Date.now() },
  };
  return { task, atWork };
}

export function waiting(taskId: number, reason: Reason, change: Partial<OpenTask> = {}): OpenTask {
  return openTaskOf(taskId, { phase: 'waiting', waits: { reason }, ...change });
}

export function parked(taskId: number, cause: string, change: Partial<OpenTask> = {}): OpenTask {
  return openTaskOf(taskId, {
    ...{ phase: 'parked', agent: 'ada', waits: null },
    run: { ...runLine(taskId, 'parked', 'ada'), cause },
    ...change,
  });
}

export function resting(taskId: number, state: 'backing-off' | 'interrupted'): OpenTask {
  const run = { ...runLine(taskId, state, 'ada'), cause: 'goose ended with code 1' };
  return openTaskOf(taskId, { phase: state, agent: 'ada', waits: null, run });
}

function runLine(taskId: number, state: RunLine['state'], agent: string): RunLine {
  const phase = state === 'interrupted' || state === 'waiting-for-host' ? 'running' : state;
  return {
    ...{ taskId, agent, whose: { queue: 'dev' }, queue: 'dev', phase, state, attempt: 1 },
    sinceMs: Date.now() - 12 * MINUTE_MS,
  } as RunLine;
}

/** The scheduler of a scene. */
export function schedulerOf(scene: Scene): Partial<SchedulerClient> {
  const look = async () => lookAt(scene);
  return {
    look,
    running: async (): Promise<RunningNow> => ({
      ...{ atMs: Date.now(), more: 0 },
      running: scene.atWork.map((task) => ({
        ...task,
        log: {
          ...{ name: `task-${task.taskId}.log`, bytes: 9, writtenMs: Date.now() - 5_000, silentMs: 5_000 },
          lastLine: `reading file ${task.taskId} of many, and what stands in it`,
        },
      })),
    }),
    pools: async () => ({
      ...{ scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' },
      ...{ pools: poolsIn(scene), placeless: 0, mode: 'queue', problems: [] },
    }),
    explain: async (taskId) => explain(scene, taskId),
    log: async (taskId) => {
      const text = `line one\n\u001b[31mred\u001b[0m and \u0007loud\nlast line of ${taskId}\n`;
      return { attempt: ATTEMPT, from: 0, to: text.length, size: text.length, text, isOver: true };
    },
    parked: async () => scene.tasks.filter(({ phase }) => phase === 'parked').map(({ taskId }) => taskId),
    retryEach: async (taskIds, note) => {
      scene.deeds.push(`retry ${taskIds.join(' ')}${note?.note === undefined ? '' : `: ${note.note}`}`);
      return taskIds.map((taskId) => retry(scene, taskId));
    },
    pause: async () => {
      scene.deeds.push('pause');
      scene.paused = true;
    },
    resume: async () => {
      scene.deeds.push('resume');
      scene.paused = false;
    },
  };
}

function lookAt({ agents, tasks, atWork, paused }: Scene): Look {
  const runs = tasks.flatMap(({ run }) => run ?? []);
  const of = (...states: RunLine['state'][]) => runs.filter(({ state }) => states.includes(state));
  return lookOf({
    tasks: [...tasks],
    atWork,
    status: {
      ...{ agents, paused, scheduler: paused ? 'paused' : 'running' },
      ...{ running: of('running'), interrupted: of('interrupted'), parked: of('parked') },
      backingOff: of('backing-off'),
    },
  });
}

function poolsIn({ agents, tasks }: Scene): PoolStatus[] {
  const names = [...new Set(agents.flatMap(({ queue }) => queue ?? []))];
  return names.map((queue) => {
    const own = agents.filter((agent) => agent.queue === queue);
    return {
      ...{ queue, agents: own.map(({ name }) => name), paused: false, line: 0, unassigned: 0, blocked: 0 },
      held: own.reduce((sum, { held }) => sum + held, 0),
      limit: own.reduce((sum, { limit }) => sum + limit, 0),
      waiting: tasks.filter(({ pool }) => pool === queue).length,
      ...{ oldest: { taskId: 1, addedMs: Date.now() - 180 * MINUTE_MS }, arrived: 7, ended: 5 },
    };
  });
}

function explain({ tasks, paused }: Scene, taskId: number): Explanation {
  const task = tasks.find((each) => each.taskId === taskId);
  if (task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
  const { title, queue, run, waits } = task;
  return {
    ...{ scheduler: 'running', exists: true, paused, enabled: true, daemon: '1@here' },
    task: { id: taskId, title, status: 'idle', assignedTo: null, queue, archived: false },
    ...{ run, waits, reasons: waits === null ? [] : [waits.reason], hangsOn: [], hangsOnMore: 0 },
    told: run === null ? null : { sinceMs: run.sinceMs, untilMs: Date.now() + 5 * MINUTE_MS, last: null },
    place: waits === null ? null : { place: 2, before: [1], holders: [1], holdersTotal: 1 },
    change: {
      needs: [[run?.state === 'parked' ? { do: 'retry', taskId } : { do: 'run-now', taskId }]],
      isEnough: true,
    },
    ...{ attempts: [], attemptsTotal: 0, problems: [] },
  };
}

function retry(scene: Scene, taskId: number): TaskDone<{ taskId: number; did: 'un-parked'; whose: null }> {
  if (scene.stubborn.has(taskId)) return { taskId, failure: { code: 'no-such-task', taskId } };
  scene.tasks = scene.tasks.map((task) =>
    task.taskId === taskId
      ? waiting(taskId, { why: 'pool-full', queue: 'dev', used: 1, limit: 1 }, { title: task.title })
      : task,
  );
  return { taskId, done: { taskId, did: 'un-parked', whose: null } };
}

/** Many tasks and agents in pools of five, as a large installation has them. */
export function largeScene(tasks: number, agents: number): Scene {
  const scene = emptyScene();
  scene.agents = Array.from({ length: agents }, (_, at) =>
    agentOf(`agent-${at}`, {
      ...{ queue: `pool-${Math.floor(at / 5)}`, limit: 2, held: 1, waiting: 3 },
      ...(at % 50 === 7 && {
        health: { state: 'cooling-down', reason: 'no quota', untilMs: Date.now() + 9 * MINUTE_MS, times: 2 },
      }),
      paused: at % 50 === 11,
    }),
  );
  const pools = Math.ceil(agents / 5);
  for (let at = 0; at < agents; at += 1) {
    const pool = `pool-${Math.floor(at / 5)}`;
    const { task, atWork } = running(at + 1, `agent-${at}`, { queue: pool, pool }, at);
    scene.tasks.push(task);
    scene.atWork.push(atWork);
  }
  for (let id = agents + 1; id <= tasks; id += 1) scene.tasks.push(nth(id, `pool-${id % pools}`));
  return scene;
}

function nth(id: number, pool: string): OpenTask {
  const at = { queue: pool, pool, title: `Task ${id} of many, with a title of some length` };
  if (id % 50 === 1) return parked(id, id % 100 === 1 ? 'attempts are used up' : 'no verdict', at);
  if (id % 20 === 2)
    return waiting(id, { why: 'blocked', by: id + 2 }, { ...at, phase: 'blocked', blockedBy: [id + 2] });
  if (id % 100 === 3) return waiting(id, { why: 'unknown-agent', agent: 'nobody' }, at);
  return waiting(id, { why: 'pool-full', queue: pool, used: 10, limit: 10 }, at);
}
