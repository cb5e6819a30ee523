import type { RunFilter, TaskFilter } from '../../../contract/listings.ts';
import { agentsJson } from '../../json/agents.ts';
import { poolsJson } from '../../json/pools.ts';
import { runsJson } from '../../json/runs.ts';
import { tasksJson } from '../../json/tasks.ts';
import type { SchedulerClient } from '../../scheduler-client.ts';
import type { Context } from '../call/context.ts';
import { openScheduler } from '../call/scheduler.ts';
import { printJson, printLines, terminalSize } from '../show/print.ts';
import { agentsText } from '../show/show-agents.ts';
import { poolsText } from '../show/show-pools.ts';
import { runsText } from '../show/show-runs.ts';
import { tasksText } from '../show/show-tasks.ts';

export interface Shape {
  json?: boolean;
}

/** Asks the scheduler for something and shows it, for people or for programs. Exit code 0. */
export async function show<Answer>(
  context: Context,
  { json }: Shape,
  how: {
    ask: (scheduler: SchedulerClient) => Promise<Answer>;
    asText: (answer: Answer, across: number | undefined) => string;
    asJson: (answer: Answer) => Record<string, unknown>;
  },
): Promise<number> {
  const scheduler = await openScheduler(context);
  try {
    const answer = await how.ask(scheduler);
    if (json) printJson(how.asJson(answer));
    else printLines(how.asText(answer, terminalSize()?.columns));
    return 0;
  } finally {
    await scheduler.close();
  }
}

export function showPools(context: Context, shape: Shape): Promise<number> {
  return show(context, shape, {
    ask: (scheduler) => scheduler.pools(),
    asText: (answer, across) => poolsText(answer, Date.now(), across),
    asJson: poolsJson,
  });
}

export function showAgents(context: Context, shape: Shape): Promise<number> {
  return show(context, shape, {
    ask: (scheduler) => scheduler.agents(),
    asText: agentsText,
    asJson: agentsJson,
  });
}

export function showTasks(context: Context, { json, ...filter }: TaskFilter & Shape): Promise<number> {
  return show(context, json ? { json } : {}, {
    ask: (scheduler) => scheduler.openTasks(filter),
    asText: (tasks, across) => tasksText(tasks, Date.now(), across),
    asJson: tasksJson,
  });
}

export function showRuns(context: Context, { json, ...filter }: RunFilter & Shape): Promise<number> {
  return show(context, json ? { json } : {}, {
    ask: (scheduler) => scheduler.endedRuns(filter),
    asText: (ended, across) => runsText(ended, Date.now(), across),
    asJson: runsJson,
  });
}
