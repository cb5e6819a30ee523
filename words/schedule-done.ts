import { calledAs } from '../config/called-as.ts';
import type { Backfilled, Skipped, StartedNow } from '../contract/schedule.ts';
import { counted, number } from './number.ts';
import { sayNotBegun, sayOccurrenceEnd, sayWaitsFor } from './occurrence.ts';
import type { Ways } from './ways.ts';

// What a person did with a schedule, as sentences.

export function sayNowPaused(name: string, did: boolean): string {
  if (!did) return `Schedule ${name} is paused already.`;
  return `Schedule ${name} is paused: nothing more of it begins; what is under way goes on. Undone by \`${calledAs()} schedule resume ${name}\`.`;
}

/** @param next when it is due next, as it is shown; undefined: nothing of it is due any more */
export function sayGoesOn(name: string, next: string | undefined): string {
  return `Schedule ${name} goes on: ${next === undefined ? 'nothing of it is due any more' : `it is due next at ${next}`}.`;
}

/** What was due while it was paused. */
export function sayNotMadeUp(name: string, times: number): string[] {
  if (times === 0) return [];
  const were = times === 1 ? '1 time was' : `${number(times)} times were`;
  return [
    `${were} due while it was paused; that is not made up for. \`${calledAs()} schedule backfill ${name} --from … --to …\` does.`,
  ];
}

/** @param open occurrences that are under way */
export function sayTakenOut(name: string, open: number): string {
  const goesOn =
    open === 0
      ? 'nothing of it was under way'
      : `${counted(open, 'occurrence')} of it ${open === 1 ? 'goes' : 'go'} on to the end`;
  return `Schedule ${name} is deleted, with its history; ${goesOn}.`;
}

/** @param when the time, as it is shown */
export function saySkipped(name: string, { skipped }: Skipped, when: string): string {
  if (skipped === null) return `Schedule ${name} has no time that could be left out.`;
  return `Schedule ${name} leaves out ${when}; the plan goes on after it.`;
}

/** Of the times of a backfill. */
export function sayBackfilled(name: string, { started, there }: Backfilled): string {
  const before =
    there === 0 ? '' : `; ${counted(there, 'time')} ${there === 1 ? 'has' : 'have'} an occurrence already`;
  if (started.length === 0)
    return there === 0
      ? `Schedule ${name} was not due then, so nothing was started.`
      : `Schedule ${name}: nothing was started${before}.`;
  return `Schedule ${name}: ${counted(started.length, 'occurrence')} started${before}.`;
}

/** What tells more, as the beginning of a sentence: OVER_MCP of ways.ts is such. */
type Tells = Pick<Ways, 'explain' | 'scheduleHistory'>;
const BY_COMMAND: Tells = {
  explain: (taskId) => `\`${calledAs()} explain ${taskId}\``,
  scheduleHistory: (name) => `\`${calledAs()} schedule history ${name}\``,
};

/** What a run-now started. */
export function sayStarted(name: string, started: StartedNow, tells = BY_COMMAND): string {
  const { occurrence, taskId, waits, leftOut, ended } = started;
  if (leftOut !== null) return `Schedule ${name}: nothing was started: ${sayNotBegun(leftOut)}.`;
  const which = `Schedule ${name}: ${occurrence} has begun`;
  if (ended !== null) {
    const task = taskId === null ? '' : ` as task ${taskId}`;
    return `${which}${task}, and is over: ${sayOccurrenceEnd(ended)}.`;
  }
  if (taskId !== null) return `${which}: it is task ${taskId}. ${tells.explain(taskId)} tells where it is.`;
  if (waits !== null) return `${which}, and waits: ${sayWaitsFor(waits)}.`;
  return `${which}; it has not got a task yet. ${tells.scheduleHistory(name)} will tell.`;
}

/** What was decided about a time that was missed. @param occurrence that runs it now; null: it is left at that */
export function sayDecided(name: string, when: string, occurrence: string | null): string {
  return occurrence === null
    ? `Schedule ${name}, ${when}: left at that.`
    : `Schedule ${name}, ${when}: ${occurrence} has begun.`;
}

export function sayDecidedAll(all: number, failed: number): string {
  if (all === 0) return 'Nothing was missed there that nobody has decided about.';
  return `${all - failed} of ${counted(all, 'time')} decided${failed === 0 ? '.' : `; ${failed} failed.`}`;
}
