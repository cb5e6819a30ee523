import type { TaskDone } from '../../../contract/status.ts';
import { sayCancelled } from '../../../words/cancelled.ts';
import { sayFailure } from '../../../words/errors.ts';
import { sayWhereItIs } from '../../../words/explanation.ts';
import { sayRetried } from '../../../words/retried.ts';
import { sayHeadline } from '../../../words/scheduler.ts';
import { type Context, UsageError } from '../call/context.ts';
import { saidBy } from '../call/said-by.ts';
import { type CancelOptions, nameOf, type RetryOptions } from '../call/selected.ts';
import { print, say } from '../show/print.ts';
import { sayIfNobodyIsThere, saysIfNobodyIsThere, withScheduler } from './commands.ts';

/** `retry`: exit code 1 when one of the tasks could not be called back. */
export function retry(context: Context, tasks: number[], options: RetryOptions): Promise<number> {
  const { all, note, ...which } = options;
  if (tasks.length === 0 && !all) throw new UsageError('retry: name tasks, or give --all');
  if (tasks.length > 0 && (all || which.agent !== undefined || which.reason !== undefined))
    throw new UsageError('retry: give tasks, or --all with --agent and --reason, not both');
  const said = saidBy(note);
  return withScheduler(context, async (scheduler) => {
    const [only] = tasks;
    if (only !== undefined && tasks.length === 1) {
      const done = await scheduler.retry(only, said);
      const status = await scheduler.status();
      sayIfNobodyIsThere(status);
      // A run that was called back leaves its rest in a moment; a task without one may have to wait for something else.
      if (done.did === 'put-first') return [sayRetried(done), ...sayWhereItIs(await scheduler.explain(only))];
      const isHeld = status.daemon !== null && done.did !== 'nothing';
      return [sayRetried(done), ...(isHeld ? sayHeadline(status) : [])];
    }
    const ids = all ? await scheduler.parked(which) : tasks;
    const done = await scheduler.retryEach(ids, said, teller(sayRetried));
    if (ids.length > 0) await saysIfNobodyIsThere(scheduler);
    return ended(done, 'Nothing is parked that this is about.', 'called back');
  });
}

/** `cancel`: exit code 1 when one of the runs could not be stopped. */
export function cancel(context: Context, tasks: number[], options: CancelOptions): Promise<number> {
  const { all, note, ...what } = options;
  const isSelection = what.agent !== undefined || what.queue !== undefined;
  nameOf('cancel', what);
  if (tasks.length === 0 && !all && !isSelection)
    throw new UsageError('cancel: name tasks, or give --all, --queue or --agent');
  if ((tasks.length > 0 && (all || isSelection)) || (all && isSelection))
    throw new UsageError('cancel: give tasks, or one of --all, --queue and --agent');
  const said = saidBy(note);
  return withScheduler(context, async (scheduler) => {
    const [only] = tasks;
    if (only !== undefined && tasks.length === 1) return [sayCancelled(await scheduler.cancel(only, said))];
    const ids = tasks.length > 0 ? tasks : await scheduler.cancellable(what);
    const done = await scheduler.cancelEach(ids, said, teller(sayCancelled));
    return ended(done, 'Nothing runs, backs off or is in line there.', 'cancelled');
  });
}

/** Says what became of each task as soon as that is known. */
function teller<Done>(words: (done: Done) => string): (done: TaskDone<Done>) => void {
  return (told) => {
    if ('done' in told) print(words(told.done));
    else say(`task ${told.taskId}: ${sayFailure(told.failure)}`);
  };
}

function ended(
  done: readonly TaskDone<unknown>[],
  nothing: string,
  what: string,
): { lines: string[]; code: number } {
  if (done.length === 0) return { lines: [nothing], code: 0 };
  const failed = done.filter((each) => 'failure' in each).length;
  const all = `${done.length - failed} of ${done.length} tasks: ${what}, or with nothing to do.`;
  return { lines: [failed === 0 ? all : `${all} ${failed} failed.`], code: failed === 0 ? 0 : 1 };
}
