import type { EndedWork, ReportProblem } from '../contract/report.ts';
import { duration } from './duration.ts';
import { sayFailure } from './errors.ts';
import { sayProblem } from './problem.ts';

/** What is wrong, each thing once. */
export function sayReportProblems(problems: readonly ReportProblem[]): string[] {
  return [...new Set(problems.map(sayReportProblem))];
}

function sayReportProblem(problem: ReportProblem): string {
  switch (problem.what) {
    case 'alone':
      return `This is what TinyTask knows alone; pools, phases, reasons and ended runs are not known. ${sayFailure(problem.failure)}`;
    case 'ended-unknown':
      return `What has ended is not known. ${sayFailure(problem.failure)}`;
    default:
      return sayProblem(problem);
  }
}

/** What the figures of ended work leave out, as sentences. `nowMs`: milliseconds since the epoch. */
export function sayGaps({ sinceMs, keptForMs, more, runs, read }: EndedWork, nowMs: number): string[] {
  const gaps: string[] = [];
  if (keptForMs === null) gaps.push('The server does not say for how long it keeps ended runs.');
  else if (sinceMs < nowMs - keptForMs)
    gaps.push(`The server keeps ended runs for ${duration(keptForMs)}; what ended before is not counted.`);
  if (more) gaps.push(`More runs have ended; the last ${runs} are counted.`);
  if (read < runs)
    gaps.push(`Of ${runs} runs the histories of ${read} were read; the figures are about them.`);
  return gaps;
}
