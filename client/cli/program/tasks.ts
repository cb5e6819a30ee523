import type { Command } from 'commander';
import { openContext } from '../call/context.ts';
import type { CancelOptions, RetryOptions } from '../call/selected.ts';
import type { Caller } from './caller.ts';
import { noting, selecting } from './switches.ts';
import * as typed from './typed.ts';

const manyTasks = () => import('../tell/many-tasks.ts');

/** What is about tasks. */
export function taskCommands(root: Command, caller: Caller): void {
  noting(root.command('retry'))
    .description(
      'run parked or backing-off tasks again; take back one that is working with nobody on it. Undone by `cancel`',
    )
    .argument('[tasks...]', 'ids of tasks', typed.taskIds)
    .option('--all', 'all that are parked, or those that --agent and --reason name')
    .option('--agent <agent>', 'with --all: parked ones of this agent', typed.agentName)
    .option('--reason <text>', 'with --all: parked by this verdict, or by a reason with this text')
    .action(async (tasks: number[], options: RetryOptions) => {
      const { retry } = await manyTasks();
      caller.done(await retry(openContext(caller.global()), tasks, options));
    });
  selecting(root.command('cancel'))
    .description('stop runs of tasks: goose ends, the task goes back to idle, parked. Undone by `retry`')
    .argument('[tasks...]', 'ids of tasks', typed.taskIds)
    .option('--all', 'all that run, back off or are in line')
    .action(async (tasks: number[], options: CancelOptions) => {
      const { cancel } = await manyTasks();
      caller.done(await cancel(openContext(caller.global()), tasks, options));
    });
  root
    .command('explain')
    .description('why a task is where it is, and what would start it; with --all: what keeps all of them')
    .argument('[task]', 'id of the task', typed.taskId)
    .option('--all', 'the whole backlog by cause, largest first')
    .option('--json', 'one JSON object')
    .action(async (task: number | undefined, options: { all?: true; json?: true }) => {
      const { explain } = await import('../tell/explain-command.ts');
      caller.done(await explain(openContext(caller.global()), task, options));
    });
  root
    .command('add')
    .description('add a task to TinyTask')
    .argument('<title>')
    .option('--queue <queue>', 'queue whose agents may take it', typed.taskQueue)
    .option('--agent <agent>', 'assign it to this agent', typed.agentName)
    .option('--priority <n>', 'higher goes first (default: 0)', typed.priority)
    .option('--blocked-by <id>', 'it waits for this task', typed.taskId)
    .option('--description <text>', 'what is to be done')
    .action(async (title: string, options) => {
      const { add } = await import('../tell/add-command.ts');
      caller.done(await add(openContext(caller.global()), { title, ...options }));
    });
}
