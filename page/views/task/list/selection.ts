import { signal } from '@preact/signals';
import { address, setQuery } from '../../../address/address.ts';

/** So many are in the address; of more it would be pages long, and they are kept until the page is left. */
const MOST_IN_ADDRESS = 100;

export const selected = signal<ReadonlySet<number>>(new Set(idsIn(address.peek().query.get('selected'))));

function idsIn(text = ''): number[] {
  return text.split(',').flatMap((word) => (/^[1-9]\d{0,14}$/.test(word) ? [Number(word)] : []));
}

export function select(ids: readonly number[]): void {
  selected.value = new Set(ids);
  const isFew = ids.length > 0 && ids.length <= MOST_IN_ADDRESS;
  setQuery({ selected: isFew ? ids.join(',') : undefined });
}

export function turn(id: number): void {
  const ids = new Set(selected.peek());
  if (!ids.delete(id)) ids.add(id);
  select([...ids]);
}
