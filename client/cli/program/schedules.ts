import { type Command, Option } from 'commander';
import type { HistoryAsked } from '../../../contract/schedule.ts';
import { openContext } from '../call/context.ts';
import type { Shape } from '../tell/listings.ts';
import type { MissedOptions } from '../tell/schedules/missed.ts';
import type { RunNowOptions } from '../tell/schedules/run-now.ts';
import type { BackfillOptions } from '../tell/schedules/times.ts';
import type { Caller } from './caller.ts';
import { scheduleFileCommands } from './schedule-file.ts';
import { definingCommands } from './schedule-options.ts';
import * as typed from './typed.ts';

const json = ['--json', 'one JSON object'] as const;
const ENDS = ['done', 'failed', 'cancelled', 'left-out', 'under-way'] as const satisfies NonNullable<
  HistoryAsked['end']
>[];
const SINCE = 'since: 30m, 2h, 7d, or a date such as 2026-11-21';

/** Recurring work. */
export function scheduleCommands(root: Command, caller: Caller): void {
  const group = root.command('schedule').description('recurring work: tasks that are made at their times');
  definingCommands(group, caller);
  lookingAtSchedules(group, caller);
  switching(group, caller);
  startingByHand(group, caller);
  missedTimes(group, caller);
  scheduleFileCommands(group, caller);
}

const look = () => import('../tell/schedules/look.ts');

function lookingAtSchedules(group: Command, caller: Caller): void {
  group
    .command('list')
    .description('the schedules: when each is due next, how its last occurrence ended')
    .option('--limit <n>', 'at most so many, from 1 to 1000', typed.limit, 100)
    .option('--after <cursor>', 'go on where the page before ended', typed.cursor)
    .option(...json)
    .action(async (options) => {
      caller.done(await (await look()).listSchedules(openContext(caller.global()), options));
    });
  group
    .command('show')
    .description('everything about a schedule')
    .argument('<name>', 'of the schedule', typed.scheduleName)
    .option(...json)
    .action(async (name: string, options: Shape) => {
      caller.done(await (await look()).showSchedule(openContext(caller.global()), name, options));
    });
  group
    .command('next')
    .description('when it is due next, and what changes of the clocks do to that')
    .argument('<name>', 'of the schedule', typed.scheduleName)
    .option('--count <n>', 'so many times, from 1 to 1000', typed.timesShown, 10)
    .option(...json)
    .action(async (name: string, options: Shape & { count: number }) => {
      caller.done(await (await look()).showNext(openContext(caller.global()), name, options));
    });
  group
    .command('history')
    .description('what became of its occurrences, newest first; without a name of those of all schedules')
    .argument('[name]', 'of the schedule', typed.scheduleName)
    .option('--limit <n>', 'at most so many, from 1 to 1000', typed.limit, 20)
    .option('--since <time>', SINCE, typed.since)
    .addOption(new Option('--end <how>', 'that ended so').choices(ENDS))
    .option(...json)
    .action(async (schedule: string | undefined, { since, ...options }: HistoryOptions) => {
      const asked = {
        ...options,
        ...(schedule !== undefined && { schedule }),
        ...(since !== undefined && { sinceMs: since }),
      };
      caller.done(await (await look()).showHistory(openContext(caller.global()), asked));
    });
}

interface HistoryOptions extends Shape {
  limit: number;
  since?: number;
  end?: (typeof ENDS)[number];
}

const VERBS = {
  pause: 'begin nothing more of it; what is under way goes on. Undone by `schedule resume`',
  resume: 'go on after `schedule pause`; what was due meanwhile is not made up for',
  delete: 'take it out, with its history; what is under way goes on',
} as const;

const WHY = [
  '--note <text>',
  'why; it is kept with your name, and shown by `schedule show`',
  typed.note,
] as const;

/** What turns it off and on, and takes it out. */
function switching(group: Command, caller: Caller): void {
  for (const verb of ['pause', 'resume', 'delete'] as const) {
    const command = group.command(verb).description(VERBS[verb]);
    if (verb !== 'delete') command.option(...WHY);
    command
      .argument('<name>', 'of the schedule', typed.scheduleName)
      .action(async (name: string, options: { note?: string }) => {
        const { switchSchedule } = await import('../tell/schedules/switches.ts');
        caller.done(await switchSchedule(openContext(caller.global()), verb, { name, ...options }));
      });
  }
}

function startingByHand(group: Command, caller: Caller): void {
  group
    .command('run-now')
    .description('one occurrence now; it moves nothing of the plan')
    .argument('<name>', 'of the schedule', typed.scheduleName)
    .option('--force', 'also where the overlap policy or a limit is in the way')
    .option('--even-if-paused', 'also if the schedule is paused')
    .option('--wait', 'until it has ended; exit code 1 if not well')
    .option(...json)
    .action(async (name: string, options: RunNowOptions) => {
      const { runNow } = await import('../tell/schedules/run-now.ts');
      caller.done(await runNow(openContext(caller.global()), name, options));
    });
  group
    .command('skip-next')
    .description('leave out the next planned time')
    .argument('<name>', 'of the schedule', typed.scheduleName)
    .action(async (name: string) => {
      const { skipNext } = await import('../tell/schedules/times.ts');
      caller.done(await skipNext(openContext(caller.global()), name));
    });
  group
    .command('backfill')
    .description('the occurrences of times in the past, at most 1,000')
    .argument('<name>', 'of the schedule', typed.scheduleName)
    .requiredOption(
      '--from <time>',
      "from then on: 2026-11-26 03:00 in the schedule's zone, or with an offset",
    )
    .requiredOption('--to <time>', 'until then, itself too')
    .action(async (name: string, options: BackfillOptions) => {
      const { backfill } = await import('../tell/schedules/times.ts');
      caller.done(await backfill(openContext(caller.global()), name, options));
    });
}

function missedTimes(group: Command, caller: Caller): void {
  group
    .command('missed')
    .description('times that were missed, and that nobody has decided about yet')
    .option('--since <time>', SINCE, typed.since)
    .option('--run <name@time>', 'run this one now; may be given several times', typed.severalTexts)
    .option('--skip <name@time>', 'leave this one at that; may be given several times', typed.severalTexts)
    .option('--run-all <name>', 'run all of this schedule now', typed.scheduleName)
    .option('--skip-all <name>', 'leave all of this schedule at that', typed.scheduleName)
    .option(...json)
    .action(async (options: MissedOptions) => {
      const { missed } = await import('../tell/schedules/missed.ts');
      caller.done(await missed(openContext(caller.global()), options));
    });
}
