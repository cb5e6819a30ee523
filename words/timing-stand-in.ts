import type { Definition } from '../domain/schedule/definition.ts';
import type { TimingNote, TimingProblem } from '../domain/schedule/timing-problem.ts';
import type { Upcoming } from '../domain/schedule/upcoming.ts';
// STAND-IN
export function sayTiming({ timing, timeZone }: Pick<Definition, 'timing' | 'timeZone'>): string {
  return `${JSON.stringify(timing)}, ${timeZone}`;
}
export function sayTimingProblem(problem: TimingProblem): string {
  return JSON.stringify(problem);
}
export function sayTimingNote(note: TimingNote): string {
  return JSON.stringify(note);
}
export function sayUpcoming(what: Upcoming, timeZone: string): string {
  return JSON.stringify(what) + timeZone;
}
