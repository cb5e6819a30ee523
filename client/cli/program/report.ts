import { type Command, Option } from 'commander';
import { openContext } from '../call/context.ts';
import type { ReportOptions } from '../tell/report-command.ts';
import type { Caller } from './caller.ts';
import * as typed from './typed.ts';

/** The options of the Python version's `workload-reporter`, and `--since`. */
export function reportCommand(root: Command, caller: Caller): void {
  root
    .command('report')
    .description('the workload: tasks by agent, priority and age, pools, why tasks wait, what ended')
    .addOption(
      new Option('--format <format>', 'for people, for programs, or both into files')
        .choices(['console', 'json', 'both'])
        .default('console'),
    )
    .option('-o, --output <file>', 'write it to this file; of `both` FILE.json and FILE.txt')
    .option(
      '--status <status...>',
      'tasks that are idle, working, complete (default: idle working)',
      typed.statuses,
    )
    .option('--agent <agent>', 'what is assigned to this agent', typed.agentName)
    .option('--since <time>', 'also what ended within this time, such as 24h or 7d', typed.since)
    .option('--mcp-endpoint <url>', 'address of TinyTask')
    .option('--no-color', 'without colours')
    .option('-v, --verbose', 'every task, and on stderr what was read')
    .action(async ({ mcpEndpoint, ...options }: ReportOptions & { mcpEndpoint?: string }) => {
      const { showReport } = await import('../tell/report-command.ts');
      const context = openContext(caller.global(), mcpEndpoint === undefined ? {} : { mcpEndpoint });
      caller.done(await showReport(context, options));
    });
}
