import type { Command } from 'commander';
import { openContext } from '../call/context.ts';
import { type Caller, commands } from './caller.ts';
import * as typed from './typed.ts';

/** What is about one task. */
export function taskCommands(root: Command, caller: Caller): void {
  root
    .command('retry')
    .description('run a parked or backing-off task again; take back one that is working with nobody on it')
    .argument('<task>', 'id of the task', typed.taskId)
    .action(async (task: number) => {
      const { retry } = await commands();
      caller.done(await retry(openContext(caller.global()), task));
    });
  root
    .command('cancel')
    .description("stop a task's run: goose ends, the task goes back to idle, parked until `retry`")
    .argument('<task>', 'id of the task', typed.taskId)
    .action(async (task: number) => {
      const { cancel } = await commands();
      caller.done(await cancel(openContext(caller.global()), task));
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
    .option('--queue <queue>', 'queue whose agents may take it')
    .option('--agent <agent>', 'assign it to this agent', typed.agentName)
    .option('--priority <n>', 'higher goes first (default: 0)', typed.wholeNumber)
    .option('--blocked-by <id>', 'it waits for this task', typed.taskId)
    .option('--description <text>', 'what is to be done')
    .action(async (title: string, options) => {
      const { add } = await commands();
      caller.done(await add(openContext(caller.global()), { title, ...options }));
    });
}
