import { useEffect, useRef, useState } from 'preact/hooks';
import { type Figure, sayAt, sayFigure } from './figures.ts';

/** A figure as a chart, with a table that has the same numbers. */
export function ChartAndTable({ figure, isOpen }: { figure: Figure; isOpen: boolean }) {
  return (
    <section class="figure">
      <h3>{figure.title}</h3>
      <div class="drawn">
        <Chart figure={figure} />
      </div>
      <details open={isOpen}>
        <summary>In figures</summary>
        <FigureTable figure={figure} />
      </details>
    </section>
  );
}

function Chart({ figure }: { figure: Figure }) {
  const host = useRef<HTMLDivElement>(null);
  const [point, setPoint] = useState<number | null>(null);
  const [isBroken, setBroken] = useState(false);
  // The same numbers are not drawn again.
  const numbers = JSON.stringify([figure.times, figure.columns]);
  useEffect(() => {
    let end: (() => void) | undefined;
    let isOver = false;
    import('./plot.ts').then(
      ({ draw }) => {
        if (!isOver && host.current !== null) end = draw(host.current, figure, setPoint);
      },
      () => setBroken(true),
    );
    return () => {
      isOver = true;
      end?.();
    };
  }, [numbers]);
  if (isBroken) return <p class="quiet">The chart could not be loaded; the table has its figures.</p>;
  return (
    <>
      <ul class="legend">
        {figure.columns.map(({ label, ink }) =>
          ink === null ? null : (
            <li key={label}>
              <span class={`swatch ${figure.kind} swatch-${ink}`} aria-hidden="true" /> {label}
            </li>
          ),
        )}
      </ul>
      <div class="plot" role="img" aria-label={sayFigure(figure)} ref={host} />
      <p class="point quiet" aria-hidden="true">
        {point === null ? '' : sayAt(figure, point)}
      </p>
    </>
  );
}

function FigureTable({ figure: { title, times, columns, say } }: { figure: Figure }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
    <section class="scrolls" tabIndex={0} aria-label={`${title}, in figures`}>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            {columns.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newestFirst(times.length).map((at) => (
            <tr key={at}>
              <th scope="row">{times[at]?.full}</th>
              {columns.map(({ label, values, ink }) => {
                const value = values[at] ?? null;
                return (
                  <td key={label} title={value === null ? 'not known' : String(value)}>
                    {value === null ? '–' : ink === null ? value : say(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function newestFirst(count: number): number[] {
  return Array.from({ length: count }, (_, at) => count - 1 - at);
}
