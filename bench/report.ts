import type { Figure, Goal } from './figures.ts';
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
    goal === undefined ? '' : sayGoal(goal, unit),
    value === null ? 'not seen' : show(value, unit),
    bare === undefined ? '' : show(bare, unit),
    ratio,
    reached(figure),
  ];
}

function sayGoal(goal: Goal, unit: string): string {
  if ('atMost' in goal) return `<= ${show(goal.atMost, unit)}`;
  if ('atLeast' in goal) return `>= ${show(goal.atLeast, unit)}`;
  return 'atMostTimesBare' in goal ? `<= x ${goal.atMostTimesBare}` : `>= x ${goal.atLeastTimesBare}`;
}

function reached({ goal, value, bare = Number.NaN }: Figure): string {
  if (goal === undefined) return '';
  return value !== null && isReached(goal, value, bare) ? 'reached' : 'missed';
}

function isReached(goal: Goal, value: number, bare: number): boolean {
  if ('atMost' in goal) return value <= goal.atMost;
  if ('atLeast' in goal) return value >= goal.atLeast;
  return 'atMostTimesBare' in goal
    ? value <= goal.atMostTimesBare * bare
    : value >= goal.atLeastTimesBare * bare;
}

function show(value: number, unit: string): string {
  return unit === '' ? `${round(value * 100)} %` : `${value} ${unit}`;
}

function notes(figures: readonly Figure[]): string[] {
  return figures.flatMap(({ what, note }) => (note === undefined ? [] : [`${what}: ${note}.`]));
}
