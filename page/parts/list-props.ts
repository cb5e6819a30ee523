import type { ComponentChildren } from 'preact';

export interface ListProps<Item> {
  /** What it lists, for who hears the page. */
  label: string;
  items: readonly Item[];
  keyOf(item: Item): string | number;
  row(item: Item): ComponentChildren;
  /** About the height of a row, in pixels. */
  rowPx: number;
  /** Enter, or a click on what is no button or link. */
  onOpen?: (item: Item) => void;
  /** Keys for the row that is current, while the list has the focus. */
  keys?: readonly { keys: string; says: string; run(item: Item): void }[];
  /** `j` and `k` of the page go here also when it has no focus: one list of a view. */
  isMain?: boolean;
  /** What the items answer, such as filters: where it changes, the old order does not stay under the pointer. */
  question?: string;
  /** Said where there is nothing. */
  empty: ComponentChildren;
}
