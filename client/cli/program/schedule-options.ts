import { type Command, Option } from 'commander';
import { openContext } from '../call/context.ts';
import type { CreateOptions } from '../tell/schedules/create.ts';
import type { EditOptions } from '../tell/schedules/edit.ts';
import type { Caller } from './caller.ts';
import * as typed from './typed.ts';

// What these options contain is read and checked together, so that all that is wrong is told at once: client/schedules/definition.ts.

/** `create` and `edit`. */
export function definingCommands(group: Command, caller: Caller): void {
  withDefinition(group.command('create').description('make a schedule'))
    .argument('<name>', 'of the new schedule: letters, digits, ".", "_" and "-"')
    .option('--paused', 'it begins paused')
    .option('--note <text>', 'with --paused: why', typed.note)
    .option('--dry-run', 'only say what would be made')
    .option('--json', 'one JSON object')
    .action(async (name: string, options: CreateOptions) => {
      const { createSchedule } = await import('../tell/schedules/create.ts');
      caller.done(await createSchedule(openContext(caller.global()), name, options));
    });
  withDefinition(group.command('edit').description('change what is named, and nothing else'))
    .argument('<name>', 'of the schedule', typed.scheduleName)
    .addOption(
      new Option('--unset <field>', 'as if it had not been given; may be given several times')
        .choices(UNSETTABLE)
        .argParser(typed.severalOf('--unset', UNSETTABLE)),
    )
    .option('--version <n>', 'only if it still has this version', typed.version)
    .option('--dry-run', 'only say what would change')
    .action(async (name: string, options: EditOptions) => {
      const { editSchedule } = await import('../tell/schedules/edit.ts');
      caller.done(await editSchedule(openContext(caller.global()), name, options));
    });
}

/** What a schedule may do without. */
const UNSETTABLE = [
  ...['start', 'end', 'jitter', 'catchup', 'description', 'queue', 'agent', 'recipe', 'tags', 'args'],
  ...['priority', 'job-key', 'max-per-job', 'max-global', 'overlap', 'remaining', 'pause-on-failure'],
];

function withDefinition(command: Command): Command {
  whenDue(command);
  return command
    .option('--title <text>', 'of each task; may have {{date}}, {{time}}, {{count}}, {{last_end}}')
    .option('--description <text>', 'what is to be done; placeholders as in the title')
    .option('--description-file <file>', 'the same, from a file')
    .option('--queue <queue>', 'queue whose agents may take its tasks')
    .option('--agent <agent>', 'assign its tasks to this agent')
    .option('--recipe <name>', 'recipe of its tasks')
    .option('--tag <tag>', 'of its tasks; may be given several times', typed.severalTexts)
    .option('--priority <priority>', 'critical, high, medium, low, or a number: a larger one goes first')
    .option('--command <file>', 'run this program of TINYSCHEDULER_BIN_DIR, in the place of an agent')
    .option('--arg <text>', 'argument of the program; may be given several times', typed.severalTexts)
    .option(
      '--overlap <policy>',
      'while an earlier one goes on: skip, buffer, cancel or allow (default: skip)',
    )
    .option('--job-key <key>', 'what counts together for --max-per-job (default: the name)')
    .option('--max-per-job <n>', 'at most so many with its job key at once')
    .option('--max-global <n>', 'only while fewer than so many of all schedules are under way')
    .option('--remaining <n>', 'so many times, and no more')
    .option('--pause-on-failure [n]', 'pause it after so many bad ends in a row (default: 3)');
}

function whenDue(command: Command): void {
  command
    .option('--cron <fields>', 'five fields as cron has them: "0 3 * * *"')
    .option('--every <time>', 'every so long: 15m, 2h, 1d')
    .option('--at <time>', 'once: "2026-12-24 18:00"')
    .option('--calendar <words>', '"last weekday of the month 09:00"')
    .option('--timezone <zone>', "such as Europe/Berlin (default of a new one: this machine's)")
    .option('--start <time>', 'not before then')
    .option('--end <time>', 'not from then on')
    .option('--catchup <time>', 'one that was missed may begin so much later (default: 1h)')
    .option('--jitter <time>', 'each begins up to so much later, by chance');
}
