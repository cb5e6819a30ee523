import { calledAs } from '../../../config/called-as.ts';
import type { Status } from '../../../contract/status.ts';
import { sayWhereItIs } from '../../../words/explanation.ts';
import type { SchedulerClient } from '../../scheduler-client.ts';
import type { Context } from '../call/context.ts';
import { openScheduler } from '../call/scheduler.ts';
import { print, say } from '../show/print.ts';

/** Carries something out on the scheduler, and says what was done. Returns the exit code. */
export async function withScheduler(
  context: Context,
  work: (scheduler: SchedulerClient) => Promise<string[] | { lines: string[]; code: number }>,
): Promise<number> {
  const scheduler = await openScheduler(context);
  try {
    const said = await work(scheduler);
    const { lines, code } = Array.isArray(said) ? { lines: said, code: 0 } : said;
    for (const line of lines) print(line);
    return code;
  } finally {
    await scheduler.close();
  }
}

/** A request that nobody carries out is not lost, but a person should know. */
export async function saysIfNobodyIsThere(scheduler: SchedulerClient): Promise<void> {
  sayIfNobodyIsThere(await scheduler.status());
}

export function sayIfNobodyIsThere({ daemon }: Pick<Status, 'daemon'>): void {
  if (daemon === null) {
    say(
      `no daemon is running now: start one (\`${calledAs()} start\`, \`run --daemon\`), or make one pass (\`run --once\`)`,
    );
  }
}

export function runNow(context: Context, task: number | undefined): Promise<number> {
  return withScheduler(context, async (scheduler) => {
    await scheduler.runNow(task);
    await saysIfNobodyIsThere(scheduler);
    if (task === undefined) return ['The scheduler looks for work now.'];
    return [`Task ${task} is first in line.`, ...sayWhereItIs(await scheduler.explain(task))];
  });
}
