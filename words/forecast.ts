import type { ComingTasks, Forecast, ForeseenTask, Outlook, RestsOn, WhatIf } from '../contract/forecast.ts';
import type { Change } from '../domain/forecast/change.ts';
import type { Foreseen, Span } from '../domain/forecast/forecast.ts';
import { moment } from './clock.ts';
import { duration } from './duration.ts';
import { firstListed } from './listed.ts';
import { counted, number } from './number.ts';
import { sayReason } from './reason.ts';

const UNKNOWN = 'unknown';

/** A time that is foreseen, from `nowMs` on: `in 4 min … 9 min`. Both in milliseconds since the epoch. */
export function saySpan(span: Span | null, nowMs: number): string {
  if (span === null) return UNKNOWN;
  const [soon, late] = [span.p50Ms, span.p90Ms].map((ms) => (ms === null ? UNKNOWN : sayIn(ms - nowMs)));
  return soon === late ? `${soon}` : `${soon} … ${late}`;
}

function sayIn(ms: number): string {
  if (ms < -500) return `${duration(-ms)} ago`;
  return ms < 500 ? 'now' : duration(ms);
}

/** What is foreseen of one task, as lines. */
export function sayForecastOf(task: ForeseenTask, { atMs, restsOn }: Forecast): string[] {
  const lines = [`Task ${task.taskId}: ${sayForeseen(task)}.`];
  if (task.start !== null && task.is === 'to-run') lines.push(`It starts ${sayTimes(task.start, atMs)}.`);
  if (task.is === 'kept') return lines;
  lines.push(task.end === null ? 'When it is over is unknown.' : `It is over ${sayTimes(task.end, atMs)}.`);
  return [...lines, `${sayBasis(task)}; the line before it on ${sayRestsOn(restsOn)}.`];
}

function sayTimes(span: Span, nowMs: number): string {
  const late = span.p90Ms === null ? UNKNOWN : `${moment(span.p90Ms)} (${sayIn(span.p90Ms - nowMs)})`;
  return `at ${moment(span.p50Ms)} (${sayIn(span.p50Ms - nowMs)}) as likely as not, and by ${late} nine times in ten`;
}

/** Where it is and what it waits for, as a clause. */
export function sayForeseen({ taskId, is, reason, keptBy, agent, start, end }: Foreseen): string {
  switch (is) {
    case 'running':
      return `it runs${agent === null ? '' : ` on ${agent}`}${end === null ? '; no task has ended yet that tells how long' : ''}`;
    case 'with-subtasks':
      return 'it is over with the last of its subtasks';
    case 'kept':
      return `it does not start by itself: ${sayKept(taskId, reason, keptBy)}`;
    case 'to-run':
      if (start === null)
        return `${sayWhy(reason)}; when it starts is unknown: no task has ended yet that tells how long`;
      return sayWhy(reason);
  }
}

function sayKept(taskId: number, reason: Foreseen['reason'], keptBy: Foreseen['keptBy']): string {
  const first = sayWhy(reason);
  if (keptBy === null) return first;
  const then = keptBy.taskId === taskId ? 'and then' : `and of task ${keptBy.taskId}:`;
  return `${first}; ${then} ${sayReason(keptBy.reason)}`;
}

function sayWhy(reason: Foreseen['reason']): string {
  return reason === null ? 'it runs' : sayReason(reason);
}

/** On what the guess about the length of a task rests, as a sentence without a full stop. */
export function sayBasis({ agent, basis }: Pick<Foreseen, 'agent' | 'basis'>): string {
  const { level, runs } = basis;
  switch (level) {
    case 'agent-and-recipe':
      return `Its length rests on ${tasks(runs)} of ${agent} with the same recipe`;
    case 'agent':
      return `Its length rests on ${tasks(runs)} of ${agent}`;
    case 'all':
      return `Its length rests on all ${tasks(runs)} that are known, since too few were ${agent === null ? 'of its agent' : `${agent}'s`}`;
    case 'none':
      return 'Its length rests on nothing that is known';
  }
}

/** The same in short, for a table. */
export function sayBasisShort({ agent, basis: { level, runs } }: Pick<Foreseen, 'agent' | 'basis'>): string {
  switch (level) {
    case 'agent-and-recipe':
      return `${runs} of ${agent} with its recipe`;
    case 'agent':
      return `${runs} of ${agent}`;
    case 'all':
      return `all ${runs}`;
    case 'none':
      return '-';
  }
}

/** The backlog as a whole, as sentences. */
export function sayOutlook({ end, ending, kept, unknown }: Outlook, nowMs: number): string[] {
  return [
    ...(end === null
      ? []
      : [`${tasks(ending)} ${ending === 1 ? 'is' : 'are'} over ${sayTimes(end, nowMs)}.`]),
    ...(unknown === 0
      ? []
      : [`Of ${tasks(unknown)} the end is unknown: no task has ended yet that tells how long.`]),
    ...(kept === 0
      ? []
      : [
          `${tasks(kept)} ${kept === 1 ? 'does' : 'do'} not start by ${kept === 1 ? 'itself' : 'themselves'}.`,
        ]),
  ];
}

/** What it rests on, as a clause. */
export function sayRestsOn({ tasks: known, sinceMs, notOver }: RestsOn): string {
  if (sinceMs === null)
    return `no past task${notOver === 0 ? '' : ` (${notOver} had attempts and are not over)`}`;
  const left = notOver === 0 ? '' : `; ${notOver} more had attempts and are not over, and do not count`;
  return `${tasks(known)} that ${known === 1 ? 'was' : 'were'} over since ${moment(sinceMs)}${left}`;
}

/** What schedules will add, as a sentence; nothing where nothing is known to come. */
export function sayComing({ coming }: { coming: ComingTasks | null }): string[] {
  if (coming === null) return [];
  const { tasks: count, schedules, schedulesMore, untilMs } = coming;
  const names = firstListed(schedules, schedules.length, schedulesMore);
  const make = schedules.length + schedulesMore === 1 ? 'a schedule makes' : 'schedules make';
  return [
    `${tasks(count)} that ${make} until ${moment(untilMs)} ${count === 1 ? 'is' : 'are'} played with them: ${names}.`,
  ];
}

/** A change, as a clause: what somebody would do. */
export function sayChangeOf(change: Change): string {
  switch (change.do) {
    case 'pause':
      return `${change.agent} is paused`;
    case 'resume':
      return `${change.agent} is resumed`;
    case 'limit':
      return `${change.agent} has ${change.slots} ${change.slots === 1 ? 'slot' : 'slots'}`;
    case 'remove':
      return `${change.agent} is taken out`;
    case 'add':
      return `${change.agent} serves queue "${change.queue}" with ${change.slots} ${change.slots === 1 ? 'slot' : 'slots'}`;
    case 'budget':
      return `${change.agent} has ${sayBudgetOf(change.tokensPerDay)}`;
    case 'pool-budget':
      return `queue "${change.queue}" has ${sayBudgetOf(change.tokensPerDay)}`;
  }
}

function sayBudgetOf(tokensPerDay: number | null): string {
  return tokensPerDay === null ? 'no budget' : `a budget of ${number(tokensPerDay)} tokens a day`;
}

/** How the end of the whole backlog moves, as a sentence. */
export function sayMoveOfAll({ before, after }: Pick<WhatIf, 'before' | 'after'>): string {
  if (before.end === null || after.end === null) return 'How the end of the backlog moves is unknown.';
  const byMs = after.end.p50Ms - before.end.p50Ms;
  const same = before.ending === after.ending;
  const about = same ? '' : ` (of ${tasks(after.ending)} then, and ${before.ending} now)`;
  return `The end of what ends by itself${about} ${sayMove(byMs)}.`;
}

/** @param byMs below 0: it is sooner */
export function sayMove(byMs: number): string {
  if (Math.abs(byMs) < 1_000) return 'stays where it is';
  return byMs < 0 ? `comes ${duration(-byMs)} sooner` : `comes ${duration(byMs)} later`;
}

const tasks = (count: number) => counted(count, 'task');
