import type { History, RunGroup } from '../../api/shapes.ts';
import { sayLasted } from '../../parts/lasted.ts';

/** Tokens and other large numbers: `812`, `12.3 k`, `4.1 M`. Null: a dash. */
export function sayMany(many: number | null): string {
  if (many === null) return '–';
  if (many < 1_000) return String(many);
  const [size, unit] = many < 999_950 ? [1_000, 'k'] : [1_000_000, 'M'];
  const figure = many / size;
  return `${figure < 99.95 ? figure.toFixed(1) : Math.round(figure)} ${unit}`;
}

/** Seconds as a length of time; those below ten with a tenth. Null: a dash. */
export function saySeconds(seconds: number | null | undefined): string {
  if (seconds == null) return '–';
  return seconds < 10 ? `${Math.round(seconds * 10) / 10} s` : sayLasted(seconds * 1_000);
}

const DAY_MS = 86_400_000;

const ended = (runs: number) => `${runs} ${runs === 1 ? 'run' : 'runs'} ended`;

/** Of what is known how it ended. */
function badly({ runs, came_to: came }: RunGroup): string {
  const known = runs - came.unknown;
  if (known === 0) return 'how is not known';
  const percent = Math.round((came.failed / known) * 100);
  const share = came.failed > 0 && percent === 0 ? 'under 1 %' : `${percent} %`;
  return came.failed === 0 ? 'none badly' : `${came.failed} badly (${share})`;
}

/** What ended, against the time before: `31 runs ended in the last 24 h, 4 badly (13 %). In the 24 h before: 40, 1 badly (3 %).` */
export function sayCompared(now: History, past: History | undefined, says: string): string {
  const is =
    now.all.runs === 0 ? `No run ended ${says}.` : `${ended(now.all.runs)} ${says}, ${badly(now.all)}.`;
  if (past === undefined) return is;
  const lengthMs = Date.parse(past.until) - Date.parse(past.since);
  const length = lengthMs === DAY_MS ? '24 h' : sayLasted(lengthMs);
  // Of a time of which only a part is known a number would mislead.
  if (Date.parse(past.known_since) > Date.parse(past.since) + 60_000)
    return `${is} What ended in the ${length} before is not known as a whole.`;
  const { runs } = past.all;
  return `${is} In the ${length} before: ${runs === 0 ? 'none' : `${runs}, ${badly(past.all)}`}.`;
}

/** What is not in the figures; none: all of it is. */
export function sayGaps(history: History, sayWhen: (ms: number) => string): string[] {
  const { since, known_since: known, kept_for_hours: kept, looked_at: looked, more } = history;
  const from = sayWhen(Date.parse(known));
  const gaps: string[] = [];
  if (history.reads_on) gaps.push(`${looked} runs are read so far, back to ${from}; the others follow.`);
  else if (more) gaps.push(`Only the last ${looked} runs are looked at: this is known from ${from} on.`);
  else if (kept !== null && Date.parse(known) > Date.parse(since) + 60_000)
    gaps.push(`Temporal keeps ended runs for ${sayLasted(kept * 3_600_000)}: this is known from ${from} on.`);
  if (history.all.came_to.unknown > 0)
    gaps.push(`Of ${history.all.came_to.unknown} it is not known how they ended.`);
  return gaps;
}
