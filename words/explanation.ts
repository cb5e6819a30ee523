import type { Cause, Explanation, RunLine } from '../contract/status.ts';
import { cut } from '../domain/cut.ts';
import { sayAttemptFacts } from './attempt-facts.ts';
import { clock, moment } from './clock.ts';
import { sayDeed, sayWho } from './deed.ts';
import { sayTaskOccurrence } from './occurrence-of-task.ts';
import { sayProblems } from './problem.ts';
import { sayReason, sayTasks, sayWaiting } from './reason.ts';
import { sayChange } from './remedy.ts';
import { sayRun } from './run.ts';
import { sayHeadline } from './scheduler.ts';

const TITLE = { chars: 120, bytes: 480 };

/** Why a task is where it is, as lines: all that holds, what it hangs on, its place, what would start it, and its attempts. */
export function sayExplanation(about: Explanation): string[] {
  const more = [...sayOthers(about), ...sayHangsOn(about), ...sayPlaceInLine(about)];
  return [...sayWhereItIs(about), ...more, ...saySmallestChange(about), ...sayAttempts(about)];
}

/** The same in short: its run if it has one, else the planner's reason. */
export function sayWhereItIs(about: Explanation): string[] {
  const { task } = about;
  const title = quoted(task.title);
  const head = `Task ${task.id} ${title} is ${task.archived ? 'archived' : task.status}${sayPlace(task)}.`;
  const occurrence = about.occurrence === undefined ? [] : [sayTaskOccurrence(about.occurrence)];
  if (task.archived || task.status === 'complete') return [head, ...occurrence, ...sayLeftOpen(about)];
  return [head, ...occurrence, ...sayWhy(about), ...sayHeld(about), ...sayHeadline(about)];
}

/** Who keeps it from starting. */
function sayHeld({ held = [] }: Explanation): string[] {
  return held.map(({ whose, deed }) => {
    const what = 'agent' in whose ? `Agent ${whose.agent}` : `Queue ${JSON.stringify(whose.queue)}`;
    return `${what}: ${sayDeed(deed)}.`;
  });
}

/** Why it was parked before, which its state of now does not tell. */
function sayBefore({ parkedBefore }: RunLine): string[] {
  if (parkedBefore === undefined) return [];
  const { why, by, note, atMs } = parkedBefore;
  const who = sayWho({ ...(by !== undefined && { by }), ...(note !== undefined && { note }) });
  return [`It was parked (${why}), and called back by hand${who} at ${clock(atMs)}.`];
}

function sayWhy({ run, told, waits, problems }: Explanation): string[] {
  if (run === null)
    return waits === null ? sayProblems(problems) : [`Why it does not run: ${sayWaiting(waits)}.`];
  const again = told?.untilMs ? [`It runs again at ${clock(told.untilMs)}.`] : [];
  const last = told?.last ? [`Last attempt: ${told.last.verdict.kind}, ${told.last.verdict.reason}.`] : [];
  return [`It ${sayRun(run)}.`, ...again, ...last, ...sayBefore(run)];
}

/** The run of a task that a person completed ends when the scheduler looks. */
function sayLeftOpen({ run }: Explanation): string[] {
  if (run === null) return [];
  const on = run.agent === null ? '' : `, on ${run.agent}`;
  return [`Its run (${run.phase}${on}) ends as soon as the scheduler looks.`];
}

function sayPlace({ assignedTo, queue }: Explanation['task']): string {
  if (assignedTo !== null) return `, assigned to ${assignedTo}`;
  return queue === null ? '' : `, in queue ${queue}`;
}

/** The reasons that the first sentence does not tell. */
function sayOthers({ run, reasons, waits, scheduler }: Explanation): string[] {
  const told = [waits?.reason, waits?.still].map((reason) => JSON.stringify(reason));
  // Of the scheduler as a whole its own line tells.
  const byHeadline = scheduler === 'running' ? [] : ['scheduler-paused', 'scheduler-disabled'];
  const others = reasons
    .slice(1)
    .filter((reason) => !told.includes(JSON.stringify(reason)) && !byHeadline.includes(reason.why));
  if (run === null || waits !== null) return others.map((reason) => `Also: ${sayReason(reason)}.`);
  return [];
}

function sayHangsOn({ hangsOn, hangsOnMore }: Explanation): string[] {
  if (hangsOn.length === 0) return [];
  return ['It waits for:', ...hangsOn.flatMap((cause) => sayCause(cause, 1)), ...sayMore(hangsOnMore, 1)];
}

function sayCause(cause: Cause, depth: number): string[] {
  const { taskId, as, title, on, more = 0 } = cause;
  const name = title === null ? '' : ` ${quoted(title)}`;
  const line = `${indent(depth)}task ${taskId}${name}, ${as === 'blocker' ? 'its blocker' : 'its subtask'}: ${sayHow(cause)}`;
  return [line, ...on.flatMap((each) => sayCause(each, depth + 1)), ...sayMore(more, depth + 1)];
}

function sayHow({ reasons, run, told, again }: Cause): string {
  if (again === 'loop') return 'it waits for this one in turn, so neither of them starts';
  if (again === 'told') return 'as told above';
  if (reasons === null) return 'it is not among the open tasks';
  const since = told === null ? '' : `, since ${moment(told.sinceMs)}`;
  const until = told?.untilMs ? `, until ${moment(told.untilMs)}` : '';
  const others = (run === null ? reasons : reasons.slice(1)).slice(0, REASONS_OF_CAUSE).map(sayReason);
  return [...(run === null ? [] : [`it ${sayRun(run)}${since}${until}`]), ...others].join('; and ');
}

function sayMore(more: number, depth: number): string[] {
  return more === 0 ? [] : [`${indent(depth)}and ${more} more`];
}

function sayPlaceInLine({ place }: Explanation): string[] {
  if (place === null) return [];
  const { before, holders, holdersTotal } = place;
  const ahead = place.place - 1;
  const first =
    ahead === 0
      ? 'It is next in line'
      : `It is number ${place.place} in line, after ${sayTasks(before, ahead - before.length)}`;
  const held =
    holders.length === 0
      ? ''
      : `; ${sayTasks(holders, holdersTotal - holders.length)} ${holdersTotal === 1 ? 'has a slot' : 'have the slots'} now`;
  return [`${first}${held}.`];
}

function saySmallestChange({ change }: Explanation): string[] {
  const says = change === null ? undefined : sayChange(change);
  return says === undefined ? [] : [says];
}

function sayAttempts({ attempts, attemptsTotal }: Explanation): string[] {
  if (attempts.length === 0) return [];
  const counted = attempts.flatMap((each) => (each.state === 'commented' ? [] : (each.tokens ?? [])));
  const tokens = counted.reduce((sum, each) => sum + each, 0);
  const known = attempts.length === attemptsTotal ? '' : `, of which ${attempts.length} are told`;
  const used = counted.length === 0 ? '' : `; ${tokens} tokens in those of which it is known`;
  return [
    `Attempts: ${attemptsTotal}${known}${used}.`,
    ...attempts.map((each) => `  ${sayAttemptFacts(each)}`),
  ];
}

function quoted(title: string): string {
  return JSON.stringify(cut(title.replace(/\s+/g, ' ').trim(), TITLE));
}

const REASONS_OF_CAUSE = 3;
const indent = (depth: number) => '  '.repeat(depth);
