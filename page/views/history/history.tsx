import { computed } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import { address, setQuery } from '../../address/address.ts';
import type { History } from '../../api/shapes.ts';
import { nowMs } from '../../live/clock.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { useKeys } from '../../parts/keys.ts';
import { Ago } from '../../parts/time.tsx';
import { filtersOf, pathFor, ROWS, rowsOf } from './asked.ts';
import { ChartAndTable } from './chart.tsx';
import { hereZone, isZone } from './clock-of-zone.ts';
import { figuresOf } from './figures.ts';
import { FilterBar } from './filter-bar.tsx';
import { MOST_CELLS, RunGrid } from './grid.tsx';
import { ParkedNow } from './parked.tsx';
import { before, type Range, rangeOf, stepOf, type Words, wallText } from './range.ts';
import { choose, chooseNight, QUICK, RangeBar } from './range-bar.tsx';
import { RunsList } from './runs-list.tsx';
import { sayCompared, sayGaps } from './say.ts';
import { type Lasting, useLast } from './use-last.ts';
import './history.css';

const STEP_MS = 60_000;
/** The clock ticks each second: who reads it is drawn anew as often, who reads this each minute. */
const minuteMs = computed(() => Math.floor(nowMs.value / STEP_MS) * STEP_MS);

/** What ended: how it went, against the time before; patterns of failure; run by run. */
export function HistoryView() {
  const { query: words } = address.value;
  const asked = words.get('zone') ?? '';
  const zone = asked !== '' && isZone(asked) ? asked : hereZone();
  const { value: minute } = minuteMs;
  const range = useMemo(() => rangeOf(words, minute, zone), [words, minute, zone]);
  useKeys([
    ...QUICK.map(({ name, key, says }) => ({ keys: key, says: `show ${says}`, run: () => choose(name) })),
    { keys: 'f', says: 'what failed this night', run: chooseNight },
    {
      ...{ keys: 'b', says: 'only what went badly, and all again' },
      run: () => setQuery({ came_to: filtersOf(words).came_to === 'failed' ? undefined : 'failed' }),
    },
  ]);
  return (
    <div class="history">
      <RangeBar range={range} zone={zone} />
      <Looked {...{ range, zone, words }} />
    </div>
  );
}

interface LookedProps {
  range: Range;
  zone: string;
  words: Words;
}

/** Until the server has read all, it is asked again soon. */
const asking = (seen: boolean) => ({ everyMs: seen ? 2_500 : 30_000, onChangeMs: seen ? 2_500 : 10_000 });

function Looked({ range, zone, words }: LookedProps) {
  const [isReading, setReading] = useState(false);
  const { value: minute } = minuteMs;
  const rows = rowsOf(words);
  const how = asking(isReading);
  // How much went badly is told of all, whatever part of it is listed.
  const whole = new Map([...words].filter(([name]) => name !== 'came_to' && name !== 'verdict'));
  const all = useLast<History>(pathFor('/api/history', range, whole, { by: 'verdict' }), how);
  const past = useLast<History>(
    pathFor('/api/history', before(range, minute), whole, { by: 'verdict' }),
    how,
  );
  const times = useLast<History>(
    pathFor('/api/history', range, words, { by: stepOf(range, minute), time_zone: zone }),
    how,
  );
  const grid = useLast<History>(
    pathFor('/api/history', range, words, { by: rows, recent: String(MOST_CELLS) }),
    how,
  );
  const readsOn = [all, past, times, grid].some(({ answer }) => answer?.reads_on === true);
  if (readsOn !== isReading) setReading(readsOn);
  return (
    <>
      <Compared {...{ all, past, range, zone }} />
      <ParkedNow />
      <FilterBar words={words} verdicts={verdictsIn(all.answer)} recipes={recipesIn(grid.answer)} />
      <div class="grid-head">
        <h2>The last runs, the newest on the right</h2>
        <label>
          by{' '}
          <select value={rows} onChange={(event) => setQuery({ rows: event.currentTarget.value })}>
            {ROWS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      {grid.answer === undefined ? null : grid.answer.all.runs === 0 ? (
        <p class="empty">No such run ended in this time.</p>
      ) : (
        <RunGrid
          history={grid.answer}
          rows={ROWS.find((each) => each === grid.answer?.by) ?? rows}
          question={`${grid.answer.by} ${grid.isBefore} ${listOf(range, words)}`}
        />
      )}
      <h2>Run by run</h2>
      <RunsList path={pathFor('/api/runs', range, words)} list={listOf(range, words)} />
      <Charts history={times.answer} />
    </>
  );
}

const verdictsIn = (seen: History | undefined) =>
  (seen?.all.verdicts ?? []).flatMap(({ verdict }) => verdict ?? []);
const recipesIn = (seen: History | undefined) =>
  seen?.by === 'recipe' ? seen.groups.flatMap(({ key }) => key ?? []) : [];

/** The same as long as the same is listed, while its beginning moves with the time. */
const listOf = ({ name, says }: Range, words: Words) => JSON.stringify([name, says, filtersOf(words)]);

interface ComparedProps {
  all: Lasting<History>;
  past: Lasting<History>;
  range: Range;
  zone: string;
}

function Compared({ all, past, range, zone }: ComparedProps) {
  const { answer, problem, atMs, isBefore } = all;
  const sayWhen = (ms: number) => wallText(ms, zone).replace('T', ' ');
  return (
    <div class="compared" aria-busy={isBefore}>
      {problem && <ProblemNote problem={problem} />}
      {answer === undefined ? (
        !problem && <p class="empty">What ended is being read …</p>
      ) : (
        <>
          <p class="headline-figure">
            {isBefore
              ? problem
                ? 'What is shown below was asked for before.'
                : 'Being read …'
              : sayCompared(answer, past.isBefore ? undefined : past.answer, range.says)}
          </p>
          {!isBefore &&
            sayGaps(answer, sayWhen).map((gap) => (
              <p key={gap} class="quiet">
                {gap}
              </p>
            ))}
        </>
      )}
      <p class="quiet">
        {sayWhen(range.sinceMs)} to {range.untilMs === null ? 'now' : sayWhen(range.untilMs)}, times of {zone}
        {problem && atMs !== null && (
          <>
            ; what is shown is of <Ago at={new Date(atMs).toISOString()} />
          </>
        )}
        .
      </p>
    </div>
  );
}

function Charts({ history }: { history: History | undefined }) {
  const [isWide] = useState(() => matchMedia('(min-width: 1400px)').matches);
  const figures = useMemo(() => (history === undefined ? [] : figuresOf(history)), [history]);
  if (history === undefined || history.groups.length === 0) return null;
  return (
    <div class="charts">
      {figures.map((figure) => (
        <ChartAndTable key={figure.title} figure={figure} isOpen={isWide} />
      ))}
    </div>
  );
}
