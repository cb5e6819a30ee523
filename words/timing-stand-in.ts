import type { Timing } from '../domain/schedule/definition.ts';
import type { TimingProblem } from '../domain/schedule/timing-problem.ts';
import type { Upcoming } from '../domain/schedule/upcoming.ts';

// Until words/schedule-timing.ts is there.

export function sayTiming(timing: Timing, timeZone: string): string {
  return `${JSON.stringify(timing)}, ${timeZone}`;
}
export function sayTimingProblem(problem: TimingProblem): string {
  return JSON.stringify(problem);
}
export function sayUpcoming(what: Upcoming, timeZone: string): string {
  return JSON.stringify(what) + timeZone;
}
