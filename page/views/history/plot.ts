import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Column, type Figure, stackedOf } from './figures.ts';

// The one file that draws; it is loaded when a chart is shown.

const HEIGHT_PX = 180;
/** Of runs there is no half. */
const COUNTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((zeros) => [1, 2, 5].map((each) => each * 10 ** zeros));
const LENGTHS_SEC = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400],
  ...[21_600, 43_200, 86_400, 172_800, 604_800],
];
const STEPS = [1, 2, 3, 4, 6, 8, 12, 24, 48, 100, 200, 400];

/**
 * Draws a figure into an element, again when the colours of the page or the element's width change. Returns how to end that.
 *
 * @param onPoint is told at which hour or day somebody points; null: at none
 */
export function draw(host: HTMLElement, figure: Figure, onPoint: (at: number | null) => void): () => void {
  let chart = plot(host, figure, onPoint);
  const redraw = () => {
    chart.destroy();
    chart = plot(host, figure, onPoint);
  };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', redraw);
  const size = new ResizeObserver(() => {
    const width = widthOf(host);
    if (width !== chart.width) chart.setSize({ width, height: HEIGHT_PX });
  });
  size.observe(host);
  return () => {
    dark.removeEventListener('change', redraw);
    size.disconnect();
    chart.destroy();
  };
}

const widthOf = (host: HTMLElement) => Math.max(160, Math.floor(host.clientWidth));

function plot(host: HTMLElement, figure: Figure, onPoint: (at: number | null) => void): uPlot {
  const drawn = figure.columns.filter(({ ink }) => ink !== null);
  const count = figure.times.length;
  const isStacked = figure.kind === 'stacked';
  const values = isStacked ? stackedOf(drawn) : drawn.map((column) => column.values);
  // Of bars on bars the lowest is drawn last, over the others.
  const order = isStacked ? drawn.map((_, at) => drawn.length - 1 - at) : drawn.map((_, at) => at);
  const quiet = inkOf(host, 'axis');
  const line = inkOf(host, 'grid');
  const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const options: uPlot.Options = {
    ...{ width: widthOf(host), height: HEIGHT_PX, legend: { show: false } },
    cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
    hooks: { setCursor: [({ cursor: { idx } }) => onPoint(idx ?? null)] },
    scales: {
      x: { time: false, range: [-0.6, count - 0.4] },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        ...{ ...axis, incrs: STEPS, space: 52, size: 30, grid: { show: false } },
        values: (_, at) => at.map((each) => figure.times[each]?.label ?? ''),
      },
      {
        ...{ ...axis, size: 64, values: (_: uPlot, at: number[]) => at.map((each) => figure.say(each)) },
        incrs: figure.unit === 'seconds' ? LENGTHS_SEC : COUNTS,
      },
    ],
    series: [{}, ...order.map((at) => seriesOf(host, drawn[at] as Column, isStacked))],
  };
  const data = [figure.times.map((_, at) => at), ...order.map((at) => values[at] ?? [])];
  return new uPlot(options, data as uPlot.AlignedData, host);
}

function seriesOf(host: HTMLElement, { label, ink }: Column, isBar: boolean): uPlot.Series {
  const color = inkOf(host, ink ?? 'plain');
  const ground = inkOf(host, 'ground');
  if (!isBar)
    return {
      ...{
        label,
        stroke: color,
        width: 2,
        points: { show: true, size: 6, fill: ink === 'most' ? ground : color },
      },
      ...(ink === 'most' && { dash: [6, 4] }),
    };
  const isFilled = ink === 'failed' || ink === 'plain';
  return {
    ...{
      label,
      stroke: color,
      width: 1.5,
      fill: isFilled ? color : ink === 'other' ? inkOf(host, 'grid') : ground,
    },
    ...(ink === 'unknown' && { dash: [3, 3] }),
    ...{ points: { show: false }, paths: uPlot.paths.bars?.({ size: [0.7, 48] }) },
  } as uPlot.Series;
}

/** The color that the style has for an ink now. */
function inkOf(host: HTMLElement, ink: string): string {
  const probe = document.createElement('span');
  probe.className = `ink-${ink}`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
