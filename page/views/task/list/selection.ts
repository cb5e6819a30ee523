import { computed, signal } from '@preact/signals';
import { address, setQuery } from '../../../address/address.ts';

/** So many are in the address; of more it would be pages long: it says that there are many, and they are kept until the page is left. */
const MOST_IN_ADDRESS = 100;
const MANY = 'many';

const many = signal<ReadonlySet<number>>(new Set());

/** As the address says, also where somebody has followed a link to another selection. */
export const selected = computed<ReadonlySet<number>>(() => {
  const told = address.value.query.get('selected');
  return told === MANY ? many.value : new Set(idsIn(told));
});

function idsIn(text = ''): number[] {
  return text.split(',').flatMap((word) => (/^[1-9]\d{0,14}$/.test(word) ? [Number(word)] : []));
}

export function select(ids: readonly number[]): void {
  many.value = new Set(ids);
  setQuery({ selected: ids.length > MOST_IN_ADDRESS ? MANY : ids.join(',') || undefined });
}

export function deselect(ids: readonly number[]): void {
  const left = new Set(selected.peek());
  for (const id of ids) left.delete(id);
  // Somebody may have left the list meanwhile: another view's address is not touched.
  if (left.size < selected.peek().size) select([...left]);
}

export function turn(id: number): void {
  const ids = new Set(selected.peek());
  if (!ids.delete(id)) ids.add(id);
  select([...ids]);
}
