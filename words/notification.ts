import { calledAs } from '../config/called-as.ts';
import type { Bundle, Line } from '../domain/notify/bundle.ts';
import type { ConditionFacts, ConditionKind } from '../domain/notify/condition.ts';
import { LATE_PERCENT } from '../domain/notify/late.ts';
import { duration } from './duration.ts';
import { listed } from './listed.ts';
import { counted, number } from './number.ts';

const TITLE_CHARS = 80;
/** What chat programs take for markup, a link or a call, and what stands for it. */
const HARMLESS: Record<string, string> = {
  ...{ '<': '‹', '>': '›', '&': '+', '`': "'", '@': '＠', '[': '(', ']': ')', '|': '/', '*': '·' },
};

/** A title that somebody else wrote: one short line, which no receiver takes for more than text. */
export function harmlessTitle(title: string): string {
  const line = title
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replace(/[<>&`@[\]|*]/g, (sign) => HARMLESS[sign] ?? ' ')
    .replaceAll('://', ': ')
    .trim();
  const chars = [...line];
  return chars.length > TITLE_CHARS ? `${chars.slice(0, TITLE_CHARS).join('').trimEnd()}…` : line;
}

type One = Exclude<ConditionFacts, { more: number }>;
/** Titles of tasks by id, as `harmlessTitle` makes them. */
export type Titles = ReadonlyMap<number, string>;

/** A line as one sentence. */
export function sayNotification({ state, facts }: Pick<Line, 'state' | 'facts'>, titles: Titles): string {
  if ('more' in facts) return sayMore(facts, state);
  return state === 'firing' ? sayFiring(facts, titles) : sayRecovered(facts, titles);
}

function sayFiring(facts: One, titles: Titles): string {
  switch (facts.kind) {
    case 'parked': {
      const by = facts.agent === null ? '' : ` of ${facts.agent}`;
      const why = facts.verdict === null ? '' : `: ${facts.verdict}`;
      return `${task(facts.taskId, titles)} is parked after attempt ${facts.attempt}${by}${why}.`;
    }
    case 'unwell':
      return facts.state === 'cooling-down'
        ? `Agent ${facts.agent} is unwell: its model cannot be used, and it cools down.`
        : `Agent ${facts.agent} is unwell: it cannot run as it is configured.`;
    case 'late': {
      const took = `of the ${duration(facts.limitMs)} after which it is stopped`;
      return `${task(facts.taskId, titles)} is late: ${facts.agent} has used ${LATE_PERCENT} % ${took}.`;
    }
    case 'schedule':
      return `Schedule ${facts.schedule} ${sayTrouble(facts)}.`;
    case 'budget':
      return facts.percent === 100
        ? `The budget of ${whose(facts)} for ${facts.day} is used up: ${sayUsed(facts)}.`
        : `${facts.percent} % of the budget of ${whose(facts)} for ${facts.day} is used: ${sayUsed(facts)}.`;
  }
}

function sayRecovered(facts: One, titles: Titles): string {
  switch (facts.kind) {
    case 'parked':
      return `${task(facts.taskId, titles)} is not parked any more.`;
    case 'unwell':
      return `Agent ${facts.agent} is well again.`;
    case 'late':
      return `The late attempt at ${task(facts.taskId, titles, 'task')} is over.`;
    case 'schedule':
      return `Schedule ${facts.schedule}: it is over that it ${sayTrouble(facts)}.`;
    case 'budget':
      return `There is budget for ${whose(facts)} again.`;
  }
}

function task(taskId: number, titles: Titles, word = 'Task'): string {
  const title = titles.get(taskId);
  return title === undefined ? `${word} ${taskId}` : `${word} ${taskId} “${title}”`;
}

function sayTrouble({ problem, count = 1 }: Extract<One, { kind: 'schedule' }>): string {
  switch (problem) {
    case 'did-not-fire':
      return 'did not fire';
    case 'bad-ends':
      return count === 1 ? 'has ended badly' : `has ended badly ${count} times in a row`;
    case 'not-kept':
      return 'is not in force, since the Temporal server does not take it';
    case 'missed':
      return `has missed ${counted(count, 'time')}`;
  }
}

function whose(facts: Extract<One, { kind: 'budget' }>): string {
  return 'agent' in facts ? facts.agent : `queue "${facts.queue}"`;
}

function sayUsed({ used, tokensPerDay }: Extract<One, { kind: 'budget' }>): string {
  return `${number(used)} of ${number(tokensPerDay)} tokens`;
}

const MANY: Record<ConditionKind, (count: number) => string> = {
  parked: (count) => `${counted(count, 'task')} parked`,
  unwell: (count) => `${counted(count, 'agent')} unwell`,
  late: (count) => `${counted(count, 'task')} late`,
  schedule: (count) => `${counted(count, 'schedule')} in trouble`,
  budget: (count) => `${counted(count, 'budget')} used`,
};

function sayMore({ kind, more }: Extract<ConditionFacts, { more: number }>, state: Line['state']): string {
  return state === 'firing'
    ? `Beyond those that are told one by one: ${MANY[kind](more)}.`
    : `There are no more of this kind than are told one by one: ${kind}.`;
}

/** Of a condition, for a list of many: `task 42`, `agent vaela`. */
function named({ facts, state }: Line): string {
  const over = state === 'recovered' ? ' (over)' : '';
  if ('more' in facts) return `${MANY[facts.kind](facts.more)}${over}`;
  switch (facts.kind) {
    case 'parked':
    case 'late':
      return `task ${facts.taskId}${over}`;
    case 'unwell':
      return `agent ${facts.agent}${over}`;
    case 'schedule':
      return `schedule ${facts.schedule}${over}`;
    case 'budget':
      return `budget of ${whose(facts)}${over}`;
  }
}

/** Many messages as one sentence: how many, of which kinds, and the first ten by name. */
export function sayDigest({ count, kinds, recovered, lines, over = 0 }: Bundle): string {
  const all = Object.entries(kinds) as [ConditionKind, number][];
  const rest = count - lines.length;
  const more = rest > 0 ? `, and ${number(rest)} more` : '';
  const ended = [
    ...(recovered > 0
      ? [`${number(recovered)} of them ${recovered === 1 ? 'tells' : 'tell'} that something is over`]
      : []),
    ...(over > 0 ? [`${number(over)} ${over === 1 ? 'was' : 'were'} over before anybody could be told`] : []),
  ];
  return (
    `${counted(count, 'message')}: ${listed(all.map(([kind, each]) => MANY[kind](each)))}. ` +
    `${lines.map(named).join(', ')}${more}.${ended.length === 0 ? '' : ` ${listed(ended)}.`}`
  );
}

/** What whoever is told should do now. Null: nothing. */
export function sayNextStep({ state, facts }: Pick<Line, 'state' | 'facts'>): string | null {
  if (state === 'recovered') return null;
  const command = (words: string) => `\`${calledAs()} ${words}\``;
  if ('more' in facts) return `${command('check')} tells of all.`;
  switch (facts.kind) {
    case 'parked':
      return `${command(`explain ${facts.taskId}`)} tells why; ${command(`retry ${facts.taskId}`)} lets it run again.`;
    case 'unwell':
      return `${command('agents')} tells why, and when it is tried again.`;
    case 'late':
      return `${command(`logs ${facts.taskId}`)} shows what it does; ${command(`cancel ${facts.taskId}`)} stops it.`;
    case 'schedule':
      return `${command(`schedule show ${facts.schedule}`)} tells more.`;
    case 'budget':
      return `${command('agents')} tells how much is left; it begins anew with the next day.`;
  }
}

/** Of a digest. */
export function sayDigestStep(): string {
  return `\`${calledAs()} check\` tells what is wrong now.`;
}
