import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Course, Experience, lengthOf } from '../../../domain/forecast/experience.ts';
import { foresee } from '../../../domain/forecast/forecast.ts';
import { type DayKind, type Moment, playDay } from '../../support/played-day.ts';

const MINUTE_MS = 60_000;
const MONDAY_MS = Date.UTC(2026, 0, 5, 8);
const DAYS = 3;
/** The command plays so small a backlog more often; the figures are the same within a tenth. */
const DRAWS = 31;

/** What was foreseen of a task at one moment of a day, in minutes from then. */
interface Guess {
  foreseen: number;
  late: number;
  happened: number;
  /** As who knows nothing of lines guesses: as long as the middle of all that are known. */
  blind: number;
}

function guessesAt({ atMs, input, courses }: Moment, endedMs: ReadonlyMap<number, number>): Guess[] {
  const middle = median(courses.map(lengthOf)) / MINUTE_MS;
  return foresee(input, new Experience(courses), DRAWS).tasks.flatMap(({ taskId, end }) => {
    const ended = endedMs.get(taskId);
    if (end === null || ended === undefined) return [];
    const minutes = (ms: number | null) => ((ms ?? Number.POSITIVE_INFINITY) - atMs) / MINUTE_MS;
    return [
      { foreseen: minutes(end.p50Ms), late: minutes(end.p90Ms), happened: minutes(ended), blind: middle },
    ];
  });
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Days are foreseen from the days before them, at each full hour; the first one has none before it. */
function daysOf(kind: DayKind): Guess[] {
  const guesses: Guess[] = [];
  let courses: Course[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const played = playDay(MONDAY_MS + day * 24 * 60 * MINUTE_MS, 20 + day, kind, courses);
    if (day > 0) guesses.push(...played.moments.flatMap((moment) => guessesAt(moment, played.endedMs)));
    courses = played.moments.at(-1)?.courses ?? courses;
  }
  return guesses;
}

const off = ({ foreseen, happened }: Guess) => Math.abs(foreseen - happened);
const offBlind = ({ blind, happened }: Guess) => Math.abs(blind - happened);
const percent = (part: number) => `${Math.round(100 * part)} %`;
const minutes = (each: (guess: Guess) => number) => (guesses: readonly Guess[]) =>
  `${median(guesses.map(each)).toFixed(1)} min`;
const share = (isSo: (guess: Guess) => boolean) => (guesses: readonly Guess[]) =>
  percent(guesses.filter(isSo).length / guesses.length);

/** Row by row, as docs/forecast.md has them. */
const FIGURES: Record<string, (guesses: readonly Guess[]) => string> = {
  'forecasts of ends that were compared': ({ length }) => String(length),
  'time until the task was really over, median': minutes(({ happened }) => happened),
  '**error of the first time (p50), median**': minutes(off),
  'the same, of the time until the end': (guesses) =>
    percent(median(guesses.map((each) => off(each) / each.happened))),
  'tasks that were over by the first time (ideal: 50 %)': share(
    ({ happened, foreseen }) => happened <= foreseen,
  ),
  'tasks that were over by the second time, p90 (ideal: 90 %)': share(
    ({ happened, late }) => happened <= late,
  ),
  'error of who knows the usual length and no line, median': minutes(offBlind),
};

test('past days were foreseen as well as docs/forecast.md says', () => {
  const days = [daysOf('quiet'), daysOf('busy')];
  const rows = Object.entries(FIGURES).map(([name, of]) => `| ${[name, ...days.map(of)].join(' | ')} |`);
  const doc = readFileSync(fileURLToPath(new URL('../../../docs/forecast.md', import.meta.url)), 'utf8');
  const table = doc
    .split('\n')
    .filter((line) => Object.keys(FIGURES).some((name) => line.startsWith(`| ${name} |`)));
  expect(table).toEqual(rows);
  // Better than without the lines, whatever the figures are.
  for (const day of days) expect(median(day.map(off))).toBeLessThan(median(day.map(offBlind)));
});
