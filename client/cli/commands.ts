import { connectTinyTask } from '../../tinytask/client.ts';
import { addTask } from '../add-task.ts';
import { connectScheduler } from '../connect.ts';
import type { NewTaskInput, SchedulerClient } from '../scheduler-client.ts';
import { type Context, UsageError } from './context.ts';
import { print, quotation, say } from './print.ts';

export interface Selection {
  agent?: string;
}

/** Carries something out on the scheduler, and says what was done. Returns the exit code. */
async function withScheduler(
  { loaded, temporal }: Context,
  work: (scheduler: SchedulerClient) => Promise<string[]>,
): Promise<number> {
  const scheduler = await connectScheduler({ temporal, config: loaded.config });
  try {
    for (const line of await work(scheduler)) print(line);
    return 0;
  } finally {
    await scheduler.close();
  }
}

/** A request that nobody carries out is not lost, but a person should know. */
async function saysIfNobodyIsThere(scheduler: SchedulerClient): Promise<void> {
  const { scheduler: state } = await scheduler.status();
  if (state === 'no-daemon' || state === 'never-started') {
    say('no daemon is running now: start one (`npm start`, `run --daemon`), or make one pass (`run --once`)');
  }
}

export function pauseOrResume(
  context: Context,
  verb: 'pause' | 'resume',
  { agent }: Selection,
): Promise<number> {
  return withScheduler(context, async (scheduler) => {
    await (verb === 'pause' ? scheduler.pause(agent) : scheduler.resume(agent));
    const what = agent === undefined ? 'The scheduler' : `Agent ${agent}`;
    return [
      verb === 'pause'
        ? `${what} is paused: nothing more starts; what runs goes on.`
        : `${what} starts tasks again.`,
    ];
  });
}

export function runNow(context: Context, task: number | undefined): Promise<number> {
  return withScheduler(context, async (scheduler) => {
    await scheduler.runNow(task);
    await saysIfNobodyIsThere(scheduler);
    if (task === undefined) return ['The scheduler looks for work now.'];
    return [`Task ${task} is first in line.`, ...(await scheduler.explain(task))];
  });
}

export function retry(context: Context, task: number): Promise<number> {
  return withScheduler(context, async (scheduler) => {
    const done = await scheduler.retry(task);
    await saysIfNobodyIsThere(scheduler);
    return [done];
  });
}

export function explain(context: Context, task: number): Promise<number> {
  return withScheduler(context, (scheduler) => scheduler.explain(task));
}

/** Adds a task to TinyTask; needs no Temporal server. */
export async function add({ loaded }: Context, task: NewTaskInput): Promise<number> {
  if (task.title.trim() === '') throw new UsageError('add: the title is empty');
  const tinytask = connectTinyTask({ endpoint: loaded.config.mcpEndpoint });
  try {
    const added = await addTask(tinytask, task);
    print(`Task ${added.id} "${quotation(added.title)}" added.`);
    if (task.queue === undefined && task.agent === undefined) {
      say('it has neither a queue nor an agent, so nobody will take it; give it --queue or --agent');
    }
    return 0;
  } finally {
    await tinytask.close();
  }
}
