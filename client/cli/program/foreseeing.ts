import type { Command } from 'commander';
import { openContext } from '../call/context.ts';
import type { Caller } from './caller.ts';
import { changesOf, WHAT_IF, type WhatIfOptions } from './changes.ts';
import * as typed from './typed.ts';

const foreseeing = () => import('../tell/foreseeing.ts');

/** What says how it will go, and how it would go otherwise. */
export function foreseeingCommands(root: Command, caller: Caller): void {
  root
    .command('forecast')
    .description('when each open task starts and ends, or one of them, by how long past tasks took')
    .argument('[task]', 'id of the task', typed.taskId)
    .option('--limit <n>', 'so many tasks in the table, from 1 to 1000', typed.limit, 20)
    .option('--json', 'one JSON object')
    .action(async (taskId: number | undefined, { limit, json }: { limit: number; json?: true }) => {
      const shape = { most: limit, ...(json && { json }), ...(taskId !== undefined && { taskId }) };
      caller.done(await (await foreseeing()).showForecast(openContext(caller.global()), shape));
    });
  root
    .command('what-if')
    .description(
      `what a change of the agents would do, on the queue as it is; nothing is changed. ${WHAT_IF}`,
    )
    .argument('<change...>', 'one change or several, made one after the other')
    .option('--queue <queue>', 'of `add`: the queue that the new agent serves')
    .option('--limit <n>', 'of `add`: its slots (default: 1)', typed.slotsNow)
    .option('--json', 'one JSON object')
    .action(async (words: string[], { json, ...about }: WhatIfOptions & { json?: true }) => {
      const changes = changesOf(words, about);
      caller.done(
        await (await foreseeing()).showWhatIf(openContext(caller.global()), changes, json ? { json } : {}),
      );
    });
}
