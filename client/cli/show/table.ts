import { cutInside, width } from './cells.ts';
import { columns, paragraph, quotation } from './print.ts';

/** Columns that the last cell, a sentence, needs to be of use. */
const LEAST_LAST = 24;
const GAP = '  ';

/**
 * Rows in columns, the first one the head, the last cell of each a sentence that may be long. Where they do not fit the
 * terminal, each row is a few short lines, with the names of its cells.
 *
 * @param across columns of the terminal; undefined: it is none, and lines may be as long as they are
 */
export function table(rows: readonly (readonly string[])[], across?: number): string {
  if (across === undefined) return columns(rows);
  const [head = [], ...body] = rows;
  const needs = head.slice(0, -1).reduce((sum, _, at) => {
    return sum + GAP.length + Math.max(...rows.map((row) => width(quotation(row[at] ?? ''))));
  }, 0);
  const isLastEmpty = rows.every((row) => (row.at(-1) ?? '') === '');
  if (needs + (isLastEmpty ? 0 : LEAST_LAST) <= across) {
    return columns(rows)
      .split('\n')
      .map((line) => cutInside(line, across))
      .join('\n');
  }
  return body.map((row) => stacked(head, row, across)).join('\n');
}

function stacked(head: readonly string[], row: readonly string[], across: number): string {
  const cells = row.slice(0, -1).map((cell, at) => `${head[at]} ${quotation(cell)}`);
  const last = quotation(row.at(-1) ?? '');
  const lines = [...wrapped(cells, across - GAP.length), ...(last === '' ? [] : [last])];
  return paragraph(...lines.map((line, at) => cutInside(`${at === 0 ? '' : GAP}${line}`, across)));
}

/** As many cells in a line as fit. */
function wrapped(cells: readonly string[], across: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const cell of cells) {
    const longer = line === '' ? cell : `${line}${GAP}${cell}`;
    if (line !== '' && width(longer) > across) {
      lines.push(line);
      line = cell;
    } else line = longer;
  }
  return [...lines, line];
}
