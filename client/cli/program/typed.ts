import { MOST_SLOTS } from '../../../contract/contents.ts';
import { nameProblem, parseTaskId } from '../../../domain/names.ts';
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
  const problem = nameProblem(text);
  if (problem !== undefined) throw new UsageError(`--agent: ${problem}`);
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

/** Longer ones are cut where they are kept. @throws UsageError */
export function note(text: string): string {
  if (text.trim() === '') throw new UsageError('--note: say why, or leave it out');
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
