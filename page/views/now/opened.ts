import { computed } from '@preact/signals';
import { address, setQuery } from '../../address/address.ts';

/** The task whose row is open; one at a time, in the address. */
export const opened = computed(() => {
  const id = Number(address.value.query.get('open'));
  return Number.isInteger(id) && id > 0 ? id : null;
});

export function turnOpen(id: number): void {
  setQuery({ open: opened.peek() === id ? undefined : `${id}` });
}
