import type { Explanation, RunLine } from '../contract/status.ts';
import { cut } from '../domain/cut.ts';
import { clock } from './clock.ts';
import { sayDeed, sayWho } from './deed.ts';
import { sayProblems } from './problem.ts';
import { sayWaiting } from './reason.ts';
import { sayRun } from './run.ts';
import { sayScheduler } from './scheduler.ts';

const TITLE = { chars: 120, bytes: 480 };

/** Why a task is where it is, as sentences: its run if it has one, else the planner's reason. */
export function sayExplanation(about: Explanation): string[] {
  const { task } = about;
  const title = JSON.stringify(cut(task.title.replace(/\s+/g, ' ').trim(), TITLE));
  const head = `Task ${task.id} ${title} is ${task.archived ? 'archived' : task.status}${sayPlace(task)}.`;
  if (task.archived || task.status === 'complete') return [head, ...sayLeftOpen(about)];
  const headline = about.scheduler === 'running' ? [] : [`Scheduler: ${sayScheduler(about)}.`];
  return [head, ...sayWhy(about), ...sayHeld(about), ...headline];
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
