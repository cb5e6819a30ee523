import { useEffect, useRef, useState } from 'preact/hooks';
import { setQuery } from '../../address/address.ts';
import type { History } from '../../api/shapes.ts';
import type { Rows } from './asked.ts';
import type { RecentRun } from './cell.ts';
import { Cell, Legend } from './grid-cell.tsx';
import { useStill } from './use-still.ts';

/** With a border, in pixels: a finger meets one. */
const CELL_PX = 28;
const NAME_PX = { narrow: 96, wide: 220 };
const FIGURES_PX = 150;
const NARROW_PX = 560;
export const MOST_CELLS = 30;

type Group = History['groups'][number];

interface RunGridProps {
  history: History;
  rows: Rows;
  /** Another one when something else is asked. */
  question: string;
}

/** More rows are shown when somebody wants them. */
const MOST_ROWS = 40;

/** The last runs of each recipe, agent or pool, the newest on the right: a failure that comes again is a pattern. */
export function RunGrid({ history, rows, question }: RunGridProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [current, setCurrent] = useState('');
  const [isWhole, setWhole] = useState(false);
  const { shown: seen, waits, still } = useStill(question, history);
  useEffect(() => {
    if (box.current === null) return;
    const size = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    size.observe(box.current);
    return () => size.disconnect();
  }, []);
  const isNarrow = width < NARROW_PX;
  const beside = isNarrow ? NAME_PX.narrow : NAME_PX.wide + FIGURES_PX;
  const room = Math.max(4, Math.min(MOST_CELLS, Math.floor((width - beside) / CELL_PX)));
  const all = worstFirst(seen.groups);
  const groups = isWhole ? all : all.slice(0, MOST_ROWS);
  const cells = Math.min(room, Math.max(...groups.map(({ recent }) => recent.length)));
  const shown = groups.map(({ recent }) => recent.slice(0, cells).reverse());
  const first = shown[0]?.at(-1)?.run_id;
  const isThere = shown.flat().some(({ run_id: id }) => id === current);
  const onKeyDown = (event: KeyboardEvent) => move(event, box.current, cells);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: links in it have the focus, and arrows lead from one to the next.
    <div ref={box} class="run-grid" {...still} onKeyDown={onKeyDown}>
      {width > 0 && groups.length > 0 && (
        <>
          <table aria-label={`The last runs by ${rows}, the newest on the right`}>
            <tbody>
              {groups.map((group, row) => (
                <GridRow
                  key={String(group.key)}
                  {...{ group, rows, cells, isNarrow }}
                  runs={shown[row] ?? []}
                  focus={isThere ? current : first}
                  onFocus={setCurrent}
                />
              ))}
            </tbody>
          </table>
          {waits && <p class="quiet">Newer runs are shown when you leave the grid.</p>}
          {groups.length < all.length && (
            <button type="button" onClick={() => setWhole(true)}>
              All {all.length} rows
            </button>
          )}
          <Legend runs={shown.flat()} />
        </>
      )}
    </div>
  );
}

/** What failed most comes first. */
function worstFirst(groups: readonly Group[]): Group[] {
  return groups
    .filter(({ recent }) => recent.length > 0)
    .sort((a, b) => b.came_to.failed - a.came_to.failed || b.runs - a.runs);
}

interface GridRowProps {
  group: Group;
  rows: Rows;
  /** Newest last. */
  runs: readonly RecentRun[];
  cells: number;
  isNarrow: boolean;
  /** The one that is reached by Tab. */
  focus: string | undefined;
  onFocus(runId: string): void;
}

function GridRow({ group, rows, runs, cells, isNarrow, focus, onFocus }: GridRowProps) {
  const { key, runs: all, came_to: came } = group;
  return (
    <tr>
      <th scope="row">
        {key === null ? (
          <span title="it has none, or it is not known">–</span>
        ) : (
          <button
            type="button"
            class="as-link"
            title={`${key}: only its runs`}
            onClick={() => setQuery({ [rows]: key })}
          >
            {key}
          </button>
        )}
      </th>
      {!isNarrow && (
        <td class="figures">
          {all} ended{came.failed > 0 && <span class="mark wrong">, {came.failed} badly</span>}
        </td>
      )}
      {Array.from({ length: cells - runs.length }, (_, at) => (
        <td key={at} aria-hidden="true" />
      ))}
      {runs.map((run) => (
        <td key={run.run_id}>
          <Cell run={run} isFocus={run.run_id === focus} onFocus={() => onFocus(run.run_id)} />
        </td>
      ))}
    </tr>
  );
}

/** By arrows, Home and End, over what is empty. */
function move(event: KeyboardEvent, box: HTMLElement | null, cells: number): void {
  if (box === null || !(event.target instanceof HTMLElement) || !event.target.matches('a.cell')) return;
  const rows = [...box.querySelectorAll('tr')].map((row) => [...row.querySelectorAll<HTMLElement>('a.cell')]);
  const row = rows.findIndex((links) => links.includes(event.target as HTMLElement));
  const links = rows[row] ?? [];
  const at = links.indexOf(event.target);
  // Rows are as long as they have runs, and end on the right.
  const fromRight = links.length - 1 - at;
  const beside = (other: number) => {
    const those = rows[other];
    return those?.[Math.max(0, those.length - 1 - Math.min(fromRight, cells))];
  };
  const to: Record<string, () => HTMLElement | undefined> = {
    ...{ ArrowLeft: () => links[at - 1], ArrowRight: () => links[at + 1] },
    ...{ ArrowUp: () => beside(row - 1), ArrowDown: () => beside(row + 1) },
    ...{ Home: () => links[0], End: () => links.at(-1) },
  };
  const goes = to[event.key];
  if (goes === undefined) return;
  event.preventDefault();
  goes()?.focus();
}
