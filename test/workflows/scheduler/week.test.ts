import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test, vi } from 'vitest';
import { surveyActivities } from '../../../activities/survey/survey.ts';
import { loadConfig } from '../../../config/load.ts';
import type { SurveyResult } from '../../../contract/pass.ts';
import type { Task } from '../../../domain/task.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import { SchedulerState } from '../../../workflows/scheduler/scheduler-state.ts';
import { clientOf, type DescribedRun } from '../../support/described-runs.ts';
import { agentOf, MADE_AT, taskOf } from '../../support/tasks.ts';

/** A memo is written in a workflow only. */
vi.mock('../../../workflows/sdk/memo.ts', () => ({ writeMemo: () => undefined }));

/** A pass every ten minutes, for a week. */
const PASSES = 7 * 24 * 6;
const AGENTS = 6;
const agents = Array.from({ length: AGENTS }, (_, at) => agentOf(`agent-${at}`, 1, at % 2 ? 'qa' : 'dev'));
const limits = agents.map(({ name }) => `${name}:1`).join(',');
const { config } = loadConfig({ env: { TINYSCHEDULER_AGENT_LIMITS: limits }, cwd: '/' });

/** Tasks that come, run, end well, park, are handed back with their agent, and are deleted by hand while they are parked. */
class World {
  tasks: Task[] = [];
  runs: DescribedRun[] = [];
  #id = 0;

  comes(): void {
    const id = ++this.#id;
    this.tasks.push(taskOf(id, { queue: id % 2 ? 'qa' : 'dev', priority: id % 5 }));
  }

  begins({ starts }: SurveyResult): void {
    for (const { task, semaphore, wants } of starts) {
      const memo = { createdAt: MADE_AT, semaphore, wants };
      this.runs.push({ taskId: task.id, agent: null, phase: 'waiting', closedAtMs: null, memo });
    }
  }

  /** What becomes of the runs, by the ids of their tasks. */
  goesOn(state: SchedulerState): void {
    for (const run of this.runs.filter(({ phase }) => phase === 'waiting')) {
      const { taskId } = run;
      const agent = `agent-${taskId % AGENTS}`;
      const queue = taskId % 2 ? 'qa' : 'dev';
      if (taskId % 4 === 0) {
        Object.assign(run, { phase: 'parked', agent });
        state.record(() => state.runChanged({ taskId, state: 'parked', agent }));
        this.tasks = this.tasks.map((task) => (task.id === taskId ? { ...task, assignedTo: agent } : task));
        continue;
      }
      const isBack = taskId % 7 === 0;
      state.record(() =>
        state.runChanged({ taskId, state: 'ended', agent, ...(isBack && { pool: { pool: queue, agent } }) }),
      );
      this.runs = this.runs.filter((each) => each !== run);
      this.tasks = this.tasks.filter(({ id }) => id !== taskId);
    }
    // A person tidies up once there are many.
    if (this.runs.length < 40) return;
    for (const { taskId } of this.runs.splice(0, 30)) {
      state.record(() => state.runChanged({ taskId, state: 'ended', agent: null }));
      this.tasks = this.tasks.filter(({ id }) => id !== taskId);
    }
  }
}

test('a week of passes leaves no more than an hour of them', async () => {
  const world = new World();
  const { survey } = surveyActivities({
    client: clientOf(() => world.runs),
    asking: clientOf(() => world.runs),
    tinytask: { listOpen: async () => world.tasks } as unknown as TinyTask,
    ...{ config, loadAgents: async () => ({ agents, mode: 'queue' as const, warnings: [] }) },
    tell: () => undefined,
  });
  const env = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() });
  let kept = JSON.stringify({ enabled: true });
  const sizes: { kept: number; told: number }[] = [];
  for (let at = 0; at < PASSES; at++) {
    const state = new SchedulerState(JSON.parse(kept));
    for (const input of [
      state.beginSurvey({ full: true, once: false }),
      state.beginSurvey({ full: false, once: false }),
    ]) {
      for (let each = 0; each < 2; each++) world.comes();
      const result = (await env.run(survey, input)) as SurveyResult;
      state.learn(result);
      for (const start of result.starts) state.began(start);
      world.begins(result);
      if (at % 9 === 0) state.record(() => state.putFirst(world.tasks[0]?.id ?? 1));
      world.goesOn(state);
      sizes.push({ kept: 0, told: JSON.stringify(input).length + JSON.stringify(result).length });
    }
    kept = JSON.stringify(state.successor());
    sizes.push({ kept: kept.length, told: 0 });
  }
  const most = (of: typeof sizes, key: 'kept' | 'told') => Math.max(...of.map((size) => size[key]));
  const [early, late] = [sizes.slice(0, sizes.length / 4), sizes.slice(-sizes.length / 4)];
  for (const key of ['kept', 'told'] as const)
    expect(most(late, key) / most(early, key), `${key} in the last days`).toBeLessThan(1.1);
  expect(most(late, 'kept')).toBeLessThan(12_000);
});
