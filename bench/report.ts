import type { Figure } from './figures.ts';
import { round } from './numbers.ts';

const HEAD = ['figure', 'goal', 'measured', 'bare minimum', 'ratio', ''];

/** The figures as a table for a terminal, with how each was come by below it. */
export function textTable(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, '', ...notes(figures).map((note) => `- ${note}`)].join('\n');
}

/** The same in Markdown. */
export function markdownTable(figures: readonly Figure[]): string {
  const row = (texts: string[]) => `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    row(HEAD),
    row(HEAD.map(() => '---')),
    ...figures.map((figure) => row(cells(figure))),
    '',
    ...notes(figures).map((note) => `- ${note}`),
  ].join('\n');
}

function cells(figure: Figure): string[] {
  const { what, goal, value, unit, bare } = figure;
  const ratio = value === null || bare === undefined || bare === 0 ? '' : `x ${round(value / bare)}`;
  return [
    what,
    goal === undefined
      ? ''
      : `${'atMost' in goal ? '<=' : '>='} ${show('atMost' in goal ? goal.atMost : goal.atLeast, unit)}`,
    value === null ? 'not seen' : show(value, unit),
    bare === undefined ? '' : show(bare, unit),
    ratio,
    reached(figure),
  ];
}

function reached({ goal, value }: Figure): string {
  if (goal === undefined) return '';
  if (value === null) return 'missed';
  return ('atMost' in goal ? value <= goal.atMost : value >= goal.atLeast) ? 'reached' : 'missed';
}

function show(value: number, unit: string): string {
  return unit === '' ? `${round(value * 100)} %` : `${value} ${unit}`;
}

function notes(figures: readonly Figure[]): string[] {
  return figures.flatMap(({ what, note }) => (note === undefined ? [] : [`${what}: ${note}.`]));
}
