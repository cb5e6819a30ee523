import { MOST_SLOTS } from '../../../contract/contents.ts';
import { MOST_TOKENS } from '../../../domain/budget.ts';
import { isoMoment } from '../../../domain/iso-moment.ts';
import { nameProblem, parseTaskId } from '../../../domain/names.ts';
import type { TaskStatus } from '../../../domain/task.ts';
import { UsageError } from '../call/context.ts';

/** A whole number from 1. @throws UsageError */
export function taskId(text: string): number {
  const id = parseTaskId(text);
  if (id === undefined)
    throw new UsageError(`${JSON.stringify(text)} is not a task id: give a whole number from 1, such as 42`);
  return id;
}

/** For an argument that may be given several times. @throws UsageError */
export function taskIds(text: string, before: number[] = []): number[] {
  return [...before, taskId(text)];
}

/** By the rule for names of agents. @throws UsageError */
export function agentName(text: string): string {
  return nameOf('--agent', text);
}

function nameOf(what: string, text: string): string {
  const problem = nameProblem(text);
  if (problem !== undefined) throw new UsageError(`${what}: ${problem}`);
  return text;
}

/** Slots from 0; null for `configured`. @throws UsageError */
export function slots(text: string): number | null {
  if (text === 'configured') return null;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= MOST_SLOTS))
    throw new UsageError(
      `${JSON.stringify(text)} is not a number of slots from 0 to ${MOST_SLOTS}, nor "configured"`,
    );
  return number;
}

/** Slots from 0. @throws UsageError */
export function slotsNow(text: string): number {
  const number = slots(text);
  if (number === null)
    throw new UsageError('give a number of slots: what is configured is in the control file');
  return number;
}

/** As in the control file. @throws UsageError */
export function tokensPerDay(text: string): number {
  if (/^\d{1,13}$/.test(text) && Number(text) <= MOST_TOKENS) return Number(text);
  throw new UsageError(
    `${JSON.stringify(text)} is not a number of tokens from 0 to ${MOST_TOKENS}, nor "none"`,
  );
}

/** Longer ones are cut where they are kept. @throws UsageError */
export function note(text: string): string {
  if (text.trim() === '') throw new UsageError('--note: say why, or leave it out');
  return text;
}

/** Seconds, with a decimal point where wanted. @throws UsageError */
export function timeout(text: string): number {
  if (!/^\d{1,9}(\.\d+)?$/.test(text))
    throw new UsageError(`--timeout: ${JSON.stringify(text)} is not a number of seconds`);
  return Number(text);
}

/** May be below 0. @throws UsageError */
export function priority(text: string): number {
  return wholeNumber('--priority', text);
}

/** Of commands that we start ourselves. @throws UsageError */
export function port(text: string): number {
  return wholeNumber('the port', text);
}

function wholeNumber(option: string, text: string): number {
  if (!/^-?\d{1,9}$/.test(text))
    throw new UsageError(`${option}: ${JSON.stringify(text)} is not a whole number`);
  return Number(text);
}

/** Of a task: TinyTask takes any name, and a script's empty variable is none. @throws UsageError */
export function taskQueue(text: string): string {
  if (text.trim() === '') throw new UsageError('--queue: name a queue, or leave it out');
  return text;
}

/** By the rule for names of queues. @throws UsageError */
export function poolName(text: string): string {
  return nameOf('--pool', text);
}

const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const AGO = /^([1-9]\d{0,5})([smhdw])$/;
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** NaN where it is none. */
function lengthMs(text: string): number {
  const [, count = '', unit = ''] = AGO.exec(text) ?? [];
  return Number(count) * (UNIT_MS[unit] ?? Number.NaN);
}

/** So long ago (`90s`, `30m`, `2h`, `7d`), or since a date; in milliseconds since the epoch. @throws UsageError */
export function since(text: string): number {
  const sinceMs = DATE.test(text) ? isoMoment(text) : Date.now() - lengthMs(text);
  if (!Number.isNaN(sinceMs) && sinceMs > 0) return sinceMs;
  throw new UsageError(
    `--since: ${JSON.stringify(text)} is no time: give how long ago, such as 30m, 2h or 7d, or a date, such as 2026-11-21`,
  );
}

/** How long, `90s`, `30m`, `2h`, `7d`, in milliseconds. @throws UsageError */
export function longAgo(text: string): number {
  const ms = lengthMs(text);
  if (ms > 0) return ms;
  throw new UsageError(`--oldest: ${JSON.stringify(text)} is no time: give one such as 30m, 2h or 7d`);
}

/** For how long something counts, at most ten years, in milliseconds. @throws UsageError */
export function lifetime(text: string): number {
  const ms = lengthMs(text);
  if (ms > 0 && ms <= 3_650 * 86_400_000) return ms;
  throw new UsageError(
    `--expires: ${JSON.stringify(text)} is no time up to 3650d: give one such as 12h or 30d`,
  );
}

/** Of a token: it stands in the log and in notes. @throws UsageError */
export function tokenName(text: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(text)) return text;
  throw new UsageError(
    `--name: ${JSON.stringify(text)} is no name: up to 64 letters, digits, spaces, ".", "_", "@" and "-"`,
  );
}

/** @throws UsageError */
export function tokenId(text: string): string {
  if (/^[0-9a-f]{8}$/.test(text)) return text;
  if (text.startsWith('tsk_')) throw new UsageError('give the id of the token, not the token itself');
  throw new UsageError(`${JSON.stringify(text)} is no id of a token: \`token list\` has them`);
}

/** From 0 to 100,000. @throws UsageError */
export function mostWaiting(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) <= 100_000) return Number(text);
  throw new UsageError(`--waiting: ${JSON.stringify(text)} is not a number of tasks from 0 to 100000`);
}

/** From 1 to 1,000. @throws UsageError */
export function limit(text: string): number {
  return upToThousand('--limit', text);
}

/** Dated backups, from 1 to 1,000. @throws UsageError */
export function keptBackups(text: string): number {
  return upToThousand('--keep', text);
}

function upToThousand(option: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1_000) return Number(text);
  throw new UsageError(`${option}: ${JSON.stringify(text)} is not a whole number from 1 to 1000`);
}

/** A whole number from 1. @throws UsageError */
export function attemptNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(
    `--attempt: ${JSON.stringify(text)} is not the number of an attempt: give a whole number from 1`,
  );
}

const STATUSES: readonly string[] = ['idle', 'working', 'complete'] satisfies TaskStatus[];

/** Several of them, each as a word of its own or with commas between. @throws UsageError */
export function statuses(text: string, before: TaskStatus[] = []): TaskStatus[] {
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !STATUSES.includes(word));
  if (wrong !== undefined)
    throw new UsageError(`--status: ${JSON.stringify(wrong)} is none of ${STATUSES.join(', ')}`);
  return [...new Set([...before, ...(words as TaskStatus[])])];
}

/** By the rule for names of schedules. @throws UsageError */
export function scheduleName(text: string): string {
  return nameOf('schedule', text);
}

/** For an argument that may be given several times. @throws UsageError */
export function scheduleNames(text: string, before: string[] = []): string[] {
  return [...before, scheduleName(text)];
}

/** As a page of schedules has it. @throws UsageError */
export function cursor(text: string): string {
  if (/^[\w-]{1,4000}$/.test(text)) return text;
  throw new UsageError('--after: give what the page before says');
}

/** From 1 to 1,000. @throws UsageError */
export function timesShown(text: string): number {
  return upToThousand('--count', text);
}

/** A whole number from 1. @throws UsageError */
export function version(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(
    `--version: ${JSON.stringify(text)} is not the version of a schedule: \`show\` tells it`,
  );
}

/** For an option that may be given several times. */
export function severalTexts(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** The same, with these words only. @throws UsageError */
export function severalOf(option: string, words: readonly string[]) {
  return (text: string, before: string[] = []): string[] => {
    if (!words.includes(text))
      throw new UsageError(`${option}: ${JSON.stringify(text)} is none of ${words.join(', ')}`);
    return [...before, text];
  };
}
