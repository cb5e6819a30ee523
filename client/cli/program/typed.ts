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

/** By the rule for names of agents. @throws UsageError */
export function agentName(text: string): string {
  const problem = nameProblem(text);
  if (problem !== undefined) throw new UsageError(`--agent: ${problem}`);
  return text;
}

/** Seconds, with a decimal point where wanted. @throws UsageError */
export function seconds(text: string): number {
  if (!/^\d{1,9}(\.\d+)?$/.test(text))
    throw new UsageError(`${JSON.stringify(text)} is not a number of seconds`);
  return Number(text);
}

/** May be below 0. @throws UsageError */
export function wholeNumber(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new UsageError(`${JSON.stringify(text)} is not a whole number`);
  return Number(text);
}

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const LONGEST_AGO_MS = 3_660 * UNITS_MS.d;

/** A length of time until now, such as `7d`, as when it began: milliseconds since the epoch. @throws UsageError */
export function since(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const agoMs = Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  if (!(agoMs > 0 && agoMs <= LONGEST_AGO_MS))
    throw new UsageError(
      `--since: ${JSON.stringify(text)} is not a length of time: give a number with s, m, h, d or w, such as 7d`,
    );
  return Date.now() - agoMs;
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
