import { type Figure, type Findings, type Key, keysOf, THEME_NAMES, THEMES, type Theme } from './figures.ts';
import { goalText, reached, show } from './goal.ts';
import { round } from './numbers.ts';

const HEAD = ['figure', 'goal', 'measured', 'bare minimum', 'ratio', ''];

type Row = string[];

/** The findings as tables for a terminal, one for each theme, with how each figure was come by below it. */
export function textReport(findings: Findings): string {
  const themes = THEME_NAMES.flatMap((theme) => {
    const rows = rowsOf(findings, theme);
    if (rows.length === 0) return [];
    return [[THEMES[theme].title, aligned([HEAD, ...rows]), ...notes(findings, theme)].join('\n')];
  });
  const sections = findings.sections.map(
    ({ title, about, head, rows }) => `${title}\n${about}\n${aligned([head, ...rows])}`,
  );
  return [...themes, ...sections].join('\n\n');
}

/** The same in Markdown. */
export function markdownReport(findings: Findings): string {
  const themes = THEME_NAMES.flatMap((theme) => {
    const rows = rowsOf(findings, theme);
    if (rows.length === 0) return [];
    const below = notes(findings, theme);
    return [
      `### ${THEMES[theme].title}`,
      markdownTable([HEAD, ...rows]),
      ...(below.length > 0 ? [below.join('\n')] : []),
    ];
  });
  const sections = findings.sections.flatMap(({ title, about, head, rows }) => [
    `### ${title}`,
    about,
    markdownTable([head, ...rows]),
  ]);
  return [...themes, ...sections].join('\n\n');
}

function rowsOf({ figures, unmeasured }: Findings, theme: Theme): Row[] {
  return keysOf(theme).flatMap((key) => [
    ...figures.filter((figure) => figure.key === key).map(cells),
    ...unmeasured.filter((each) => each.key === key).map(({ why }) => notMeasured(key, why)),
  ]);
}

function cells(figure: Figure): Row {
  const { what, goal, value, unit, bare } = figure;
  const ratio = value === null || bare === undefined || bare === 0 ? '' : `x ${round(value / bare)}`;
  const isReached = reached(figure);
  return [
    what,
    goal === undefined ? '' : goalText(goal, unit),
    value === null ? 'not seen' : show(value, unit),
    bare === undefined ? '' : show(bare, unit),
    ratio,
    isReached === undefined ? '' : isReached ? 'reached' : 'missed',
  ];
}

function notMeasured(key: Key, why: string): Row {
  return [key, '', `not measured: ${why}`, '', '', 'missed'];
}

function notes({ figures }: Findings, theme: Theme): string[] {
  const keys = keysOf(theme);
  return figures
    .filter(({ key }) => keys.includes(key))
    .flatMap(({ what, note }) => (note === undefined ? [] : [`- ${what}: ${note}.`]));
}

function aligned(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdownTable([head = [], ...rows]: readonly Row[]): string {
  const line = (texts: Row) => `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
