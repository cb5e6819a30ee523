import { type Command, Option } from 'commander';
import { TASK_PHASES, type TaskPhase } from '../../../contract/listings.ts';
import { openContext } from '../call/context.ts';
import type { Caller } from './caller.ts';
import * as typed from './typed.ts';

const listings = () => import('../tell/listings.ts');
const json = ['--json', 'one JSON object'] as const;

/** What shows many of a kind, and logs. */
export function lookingCommands(root: Command, caller: Caller): void {
  root
    .command('pools')
    .description(
      'each pool: line, unassigned, blocked, the oldest task that waits, what came and ended in the last hour',
    )
    .option(...json)
    .action(async (options) => {
      caller.done(await (await listings()).showPools(openContext(caller.global()), options));
    });
  root
    .command('agents')
    .description('each agent: slots held/limit, health, its hosts and tasks')
    .option(...json)
    .action(async (options) => {
      caller.done(await (await listings()).showAgents(openContext(caller.global()), options));
    });
  root
    .command('tasks')
    .description('all open tasks, with phase and reason; of several filters all have to hold')
    .addOption(new Option('--phase <phase>', 'in this phase only').choices(TASK_PHASES))
    .option('--agent <agent>', 'that this agent has, had last, or is assigned to', typed.agentName)
    .option('--pool <queue>', 'of this pool only', typed.poolName)
    .option('--since <time>', 'added since: 30m, 2h, 7d, or a date such as 2026-11-21', typed.since)
    .option(...json)
    .action(async ({ since: sinceMs, ...options }: TasksOptions) => {
      const filter = { ...options, ...(sinceMs !== undefined && { sinceMs }) };
      caller.done(await (await listings()).showTasks(openContext(caller.global()), filter));
    });
  root
    .command('runs')
    .description('what has ended, with verdicts and durations, newest first')
    .option('--since <time>', 'ended since: 30m, 2h, 7d, or a date such as 2026-11-21', typed.since)
    .option('--agent <agent>', 'of this agent only', typed.agentName)
    .option('--limit <n>', 'at most so many, from 1 to 1000', typed.limit, 20)
    .option(...json)
    .action(async ({ since: sinceMs, ...options }: RunsOptions) => {
      const filter = { ...options, ...(sinceMs !== undefined && { sinceMs }) };
      caller.done(await (await listings()).showRuns(openContext(caller.global()), filter));
    });
  root
    .command('logs')
    .description("the log of a task's last attempt, where it lies on this host")
    .argument('<task>', 'id of the task', typed.taskId)
    .option('--attempt <n>', 'of the attempt with this number', typed.attemptNumber)
    .option('--follow', 'go on until the attempt is over')
    .option(...json)
    .action(async (task: number, options) => {
      const { showLog } = await import('../tell/logs.ts');
      caller.done(await showLog(openContext(caller.global()), task, options));
    });
}

interface TasksOptions {
  phase?: TaskPhase;
  agent?: string;
  pool?: string;
  since?: number;
  json?: boolean;
}

interface RunsOptions {
  since?: number;
  agent?: string;
  limit: number;
  json?: boolean;
}
