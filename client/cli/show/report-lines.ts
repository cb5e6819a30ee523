import { calledAs } from '../../../config/called-as.ts';
import type {
  AgentWorkload,
  Ages,
  Priorities,
  Report,
  ReportedScheduler,
  ReportedTask,
} from '../../../contract/report.ts';
import { sayWaiting } from '../../../words/reason.ts';
import { sayReportProblems } from '../../../words/report.ts';
import { sayScheduler } from '../../../words/scheduler.ts';
import { cut, cutInside, printable } from './cells.ts';
import { LONGEST_LINE } from './print.ts';
import { endedLines } from './report-ended.ts';
import { tableOf } from './report-table.ts';
import type { StyledLine } from './terminal.ts';

const HOUR_MS = 3_600_000;
const RULE = '='.repeat(60);
/** Longer lists are cut, unless all is asked for. */
const TASKS_SHOWN = 50;
const NAMES_SHOWN = 20;
const PRIORITIES_SHOWN = 20;
const LONGEST_BAR = 30;
const LONGEST_NAME = 24;
const PROBLEM = 'Problem: ';

/** The report for people, section by section, as the Python version has it. `all`: no list is cut. */
export function reportLines(report: Report, { all = false } = {}): StyledLine[] {
  const { scheduler, ended, atMs } = report;
  const sections = [
    [
      [RULE],
      [['       TinyTask Workload Report', 'bold']],
      [RULE],
      [`Generated: ${new Date(atMs).toISOString()}`],
    ],
    section('SUMMARY', summaryLines(report)),
    section('AGENT WORKLOAD', agentLines(report)),
    section('PRIORITY DISTRIBUTION', priorityLines(report.priorities)),
    section('TASK AGE METRICS', ageLines(report.ages)),
    ...(scheduler === null ? [] : schedulerSections(scheduler)),
    ...(ended === null
      ? []
      : [section(`ENDED SINCE ${new Date(ended.sinceMs).toISOString()}`, endedLines(ended, atMs))]),
    section(
      `${hasComplete(report) ? 'TASKS' : 'OPEN TASKS'} (${report.tasks.length} total)`,
      taskLines(report.tasks, all),
    ),
    sayReportProblems(report.problems).map(
      (text): StyledLine => [[PROBLEM, 'red'], cutInside(printable(text), LONGEST_LINE - PROBLEM.length)],
    ),
    [[RULE]],
  ] satisfies StyledLine[][];
  return sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : [[''], ...lines]));
}

/** Nothing where there is nothing to say. */
function section(title: string, lines: readonly StyledLine[]): StyledLine[] {
  return lines.length === 0 ? [] : [[[title, 'bold']], ['-'.repeat(title.length)], ...lines];
}

function hasComplete({ asked }: Report): boolean {
  return asked.statuses.includes('complete');
}

function summaryLines(report: Report): StyledLine[] {
  const { open, idle, working, complete, agentsWithWork } = report.summary;
  const names = agentsWithWork.slice(0, NAMES_SHOWN).map(name);
  const more = agentsWithWork.length - names.length;
  const list = [...names, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  const counts: StyledLine[] = [
    ['  • Idle:     ', [String(idle), 'yellow']],
    ['  • Working:  ', [String(working), 'green']],
    ...(hasComplete(report) ? [[`  • Complete: ${complete}`]] : []),
  ];
  return [
    ['Total Open Tasks: ', [String(open), 'cyan']],
    ...counts,
    [''],
    [`Active Agents: ${agentsWithWork.length}${list === '' ? '' : ` (${list})`}`],
  ];
}

function agentLines(report: Report): StyledLine[] {
  const withComplete = hasComplete(report);
  const cells = ({ agent, total, idle, working, complete }: AgentWorkload) =>
    [name(agent ?? 'unassigned'), total, idle, working, ...(withComplete ? [complete] : [])].map(String);
  const agents = [...report.agents].sort((a, b) => b.total - a.total);
  if (agents.length === 0) return [];
  const figures = ['Total', 'Idle', 'Working', ...(withComplete ? ['Complete'] : [])];
  return tableOf(['Agent', ...figures.map((right) => ({ right }))], agents.map(cells));
}

function name(text: string): string {
  return cut(printable(text), LONGEST_NAME);
}

function priorityLines({ byPriority, average }: Priorities): StyledLine[] {
  if (average === null) return [];
  const counts = byPriority.map(({ tasks }) => tasks);
  const all = counts.reduce((sum, each) => sum + each, 0);
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const rows = byPriority.slice(0, PRIORITIES_SHOWN).map(({ priority, tasks }) => {
    const bar = '█'.repeat(Math.max(1, Math.floor((tasks / most) * LONGEST_BAR)));
    return [String(priority), String(tasks), `${bar} (${percentage(tasks / all)})`];
  });
  const more = byPriority.length - rows.length;
  return [
    ...tableOf([{ right: 'Priority' }, { right: 'Count' }, 'Graph'], rows),
    ...(more > 0 ? [[`and ${more} lower priorities`]] : []),
    [''],
    [`Average Priority: ${average.toFixed(2)}`],
  ];
}

function percentage(part: number): string {
  return part < 0.005 ? '<1%' : `${Math.round(part * 100)}%`;
}

function ageLines({ oldest, newest, averageMs, ahead }: Ages): StyledLine[] {
  if (oldest === null || newest === null || averageMs === null) return [];
  const future = ahead === 1 ? '1 task is' : `${ahead} tasks are`;
  return [
    [`Oldest Task:  ${hours(oldest.ageMs)} hours (Task #${oldest.taskId})`],
    [`Newest Task:  ${hours(newest.ageMs)} hours (Task #${newest.taskId})`],
    [`Average Age:  ${hours(averageMs)} hours`],
    ...(ahead > 0
      ? [[`${future} from the future: TinyTask's clock is ahead of this one; the age counts as 0`]]
      : []),
  ];
}

function hours(ms: number): string {
  return (ms / HOUR_MS).toFixed(1);
}

function schedulerSections({ state, pools, phases, reasons }: ReportedScheduler): StyledLine[][] {
  const heads = ['Agents', 'Slots', 'Tasks', 'In line', 'Unassigned', 'Blocked'];
  const rows = pools.map(({ queue, agents, held, slots, tasks, inLine, unassigned, blocked }) => [
    queue ?? '-',
    ...[agents, `${held}/${slots}`, tasks, inLine, unassigned, blocked].map(String),
  ]);
  const counts = (head: string, all: [string, number][]) =>
    all.length === 0
      ? []
      : tableOf(
          [head, { right: 'Tasks' }],
          all.map(([key, tasks]) => [key, String(tasks)]),
        );
  return [
    section('SCHEDULER', [[sayScheduler(state)]]),
    section('POOLS', rows.length === 0 ? [] : tableOf(['Queue', ...heads.map((right) => ({ right }))], rows)),
    section(
      'PHASES',
      counts(
        'Phase',
        phases.map(({ phase, tasks }) => [phase, tasks]),
      ),
    ),
    section(
      'WHY TASKS DO NOT RUN',
      counts(
        'Reason',
        reasons.map(({ why, tasks }) => [why, tasks]),
      ),
    ),
  ];
}

function taskLines(tasks: readonly ReportedTask[], all: boolean): StyledLine[] {
  if (tasks.length === 0) return [];
  const shown = all ? tasks : tasks.slice(0, TASKS_SHOWN);
  const heads = [{ right: 'ID' }, 'Status', 'Agent', { right: 'Pri' }, { right: 'Age(h)' }, 'Title', 'Why'];
  const rows = shown.map(({ task, ageMs, phase, waits }) => [
    ...[String(task.id), task.status, task.assignedTo === null ? '-' : name(task.assignedTo)],
    ...[String(task.priority), ageMs === null ? '?' : hours(ageMs), task.title],
    waits === null ? (phase ?? '') : sayWaiting(waits),
  ]);
  const cutOff = `(Showing the first ${shown.length} of ${tasks.length} tasks; \`${calledAs()} report --verbose\` shows all)`;
  return [...tableOf(heads, rows), ...(shown.length < tasks.length ? [[''], [cutOff]] : [])];
}
