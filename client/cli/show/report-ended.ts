import type { EndedWork, Spread, WorkOf } from '../../../contract/report.ts';
import { duration } from '../../../words/duration.ts';
import { sayGaps } from '../../../words/report.ts';
import { tableOf } from './report-table.ts';
import type { StyledLine } from './terminal.ts';

const NOT_KNOWN = 'not known';

/** What ended, for people. `atMs`: of the report. */
export function endedLines(ended: EndedWork, atMs: number): StyledLine[] {
  const { runs, ends, completedPerHour, waiting, running, verdicts, byAgent, byRecipe } = ended;
  const list = ends.map(({ end, runs: times }) => `${end} ${times}`).join(', ');
  const perHour = completedPerHour === null ? NOT_KNOWN : completedPerHour.toFixed(2);
  const gaps = sayGaps(ended, atMs).map((text): StyledLine => [['Note: ', 'yellow'], text]);
  return [
    [`Runs ended:          ${runs}${list === '' ? '' : ` (${list})`}`],
    [`Completed an hour:   ${perHour}`],
    [`Waited for a slot:   ${saySpread(waiting, 'run')}`],
    [`goose ran:           ${saySpread(running, 'attempt')}`],
    ...below(
      verdicts.map(({ verdict, attempts }) => [verdict, String(attempts)]),
      ['Verdict', 'Attempts'],
    ),
    ...below(byAgent.map(workRow), ['Agent', 'Attempts', 'Tokens']),
    ...below(byRecipe.map(workRow), ['Recipe', 'Attempts', 'Tokens']),
    ...(gaps.length === 0 ? [] : [[''], ...gaps]),
  ];
}

function below(rows: readonly string[][], [first = '', ...figures]: readonly string[]): StyledLine[] {
  if (rows.length === 0) return [];
  return [[''], ...tableOf([first, ...figures.map((right) => ({ right }))], rows)];
}

function saySpread(spread: Spread | null, what: string): string {
  if (spread === null) return NOT_KNOWN;
  const { of, meanMs, p50Ms, p90Ms, mostMs } = spread;
  return `mean ${duration(meanMs)}, half up to ${duration(p50Ms)}, 9 of 10 up to ${duration(p90Ms)}, longest ${duration(mostMs)} (${of} ${what}${of === 1 ? '' : 's'})`;
}

function workRow({ name, attempts, tokens, unknownTokens }: WorkOf): string[] {
  const known = tokens === null ? NOT_KNOWN : String(tokens);
  const gap = tokens !== null && unknownTokens > 0 ? ` (${unknownTokens} ${NOT_KNOWN})` : '';
  return [name ?? `(${NOT_KNOWN})`, String(attempts), `${known}${gap}`];
}
