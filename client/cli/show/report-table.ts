import { cut, pad, printable, width } from './cells.ts';
import type { StyledLine } from './terminal.ts';

/** Columns of a cell; a title may have more letters. What stands in the last one moves nothing. */
const LONGEST_CELL = 48;
const LONGEST_LAST = 160;

/** A column: its head, and whether its figures stand on the right. */
export type Column = string | { right: string };

/** Rows below their heads and a rule, each cell cut to what can be read. */
export function tableOf(heads: readonly Column[], rows: readonly (readonly string[])[]): StyledLine[] {
  const names = heads.map((head) => (typeof head === 'string' ? head : head.right));
  const cells = rows.map((row) =>
    row.map((cell, at) => cut(printable(cell), at === heads.length - 1 ? LONGEST_LAST : LONGEST_CELL)),
  );
  const widths = names.map((name, at) =>
    cells.reduce((most, row) => Math.max(most, width(row[at] ?? '')), name.length),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const columns = widths[at] ?? 0;
        return typeof heads[at] === 'string' ? pad(cell, columns) : ' '.repeat(columns - width(cell)) + cell;
      })
      .join('  ')
      .trimEnd();
  return [names, widths.map((columns) => '-'.repeat(columns)), ...cells].map((row) => [line(row)]);
}
