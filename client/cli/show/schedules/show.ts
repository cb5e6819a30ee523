import { calledAs } from '../../../../config/called-as.ts';
import type { ScheduleShown } from '../../../../contract/schedule.ts';
import type { Definition, Work } from '../../../../domain/schedule/definition.ts';
import { sayMomentInBoth } from '../../../../words/due.ts';
import { counted } from '../../../../words/number.ts';
import { sayBounds, sayPause, sayPriority, sayState } from '../../../../words/schedule.ts';
import { sayTiming } from '../../../../words/schedule-timing.ts';
import { sayScheduleTrouble } from '../../../../words/schedule-trouble.ts';
import { historyLine } from '../../../schedules/schedule-line.ts';
import { paragraph, quotation } from '../print.ts';
import { historyText } from './history.ts';
import type { Reader } from './list.ts';
import { nextText, TIMES_SHOWN } from './next.ts';
import { away } from './times.ts';

/** Of its history. */
const SHOWN = 10;

/** Everything that is known of a schedule, for people. */
export function showText(shown: ScheduleShown, reader: Reader): string {
  const { name, definition, history, now } = shown;
  const troubles = now.problems ?? [];
  const blocks = [
    paragraph(...headLines(shown, reader)),
    ...troubles.map((trouble) => paragraph(`Problem: ${sayScheduleTrouble({ schedule: name, trouble })}`)),
    paragraph('Its work:', ...workLines(definition.work).map((line) => `  ${line}`)),
    paragraph('Its occurrences:', ...sayBounds(definition).map((line) => `  ${line}`)),
    nextText(shown, TIMES_SHOWN, reader),
  ];
  if (history === null)
    blocks.push(
      paragraph(`What happened is not known: no daemon answers. \`${calledAs()} start\` brings one up.`),
    );
  else if (history.length > 0) blocks.push(lastText(definition, history, reader));
  return blocks.join('\n\n');
}

function headLines(shown: ScheduleShown, { nowMs, ownZone }: Reader): string[] {
  const { name, version, definition, pause, editedMs, createdMs, by, now, inForce } = shown;
  const { timeZone, priority } = definition;
  const edited = version === 1 ? 'made' : 'edited';
  const { last } = now;
  return [
    `Schedule ${name}: ${sayState(shown)}`,
    `  ${sayTiming(definition.timing, definition.timeZone)}`,
    ...(pause ? [`  ${sayPause(pause)}`] : []),
    ...(inForce === false ? ['  the server has not got it as it is now yet'] : []),
    `  priority ${sayPriority(priority)}`,
    `  version ${version}, ${edited}${by === undefined ? '' : ` by ${by}`} ${away(editedMs, nowMs)}` +
      `${version === 1 ? '' : `, made ${away(createdMs, nowMs)}`}`,
    `  ${counted(now.count, 'occurrence')} so far, ${now.open} under way`,
    ...(last
      ? [
          `  the last one, of ${sayMomentInBoth(last.plannedMs, timeZone, ownZone)}, ended ${away(last.endedMs, nowMs)}: ${last.end}` +
            `${last.reason === undefined ? '' : `, ${last.reason}`}${last.taskId === undefined ? '' : ` (task ${last.taskId})`}`,
        ]
      : []),
  ];
}

function workLines(work: Work): string[] {
  const { title, description } = work;
  const described = description === undefined ? [] : [`description: ${quotation(description)}`];
  if (work.kind === 'command') {
    const args = work.args.map((arg) => ` ${JSON.stringify(arg)}`).join('');
    return [
      ...(title === undefined ? [] : [`title: ${quotation(title)}`]),
      ...described,
      `program ${JSON.stringify(work.command)}${quotation(args) === '' ? '' : ` with ${quotation(args)}`}`,
    ];
  }
  const { queue, agent, recipe, tags = [] } = work;
  return [
    `a task "${quotation(work.title)}"`,
    ...described,
    ...(queue === undefined ? [] : [`queue ${queue}`]),
    ...(agent === undefined ? [] : [`agent ${agent}`]),
    ...(recipe === undefined ? [] : [`recipe ${recipe}`]),
    ...(tags.length === 0 ? [] : [`tags ${tags.map(quotation).join(', ')}`]),
  ];
}

function lastText(
  definition: Definition,
  history: NonNullable<ScheduleShown['history']>,
  reader: Reader,
): string {
  const lines = history.slice(0, SHOWN).map((occurrence) => historyLine(definition, occurrence));
  const more = history.length - lines.length;
  const text = historyText(lines, reader, { named: true });
  return more === 0
    ? text
    : `${text}\n… and ${more} more: \`${calledAs()} schedule history ${definition.name}\``;
}
