import { computed, signal } from '@preact/signals';
import { linkTo, readAddress } from './link.ts';

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

export const address = computed(() => readAddress(hash.value));

export function go(link: string): void {
  location.hash = link;
}

/** Changes filters or the selection of this view; undefined takes one out. The browser's way back does not stop at each. */
export function setQuery(change: Readonly<Record<string, string | undefined>>): void {
  const { path, query } = address.peek();
  history.replaceState(null, '', linkTo(path, { ...Object.fromEntries(query), ...change }));
  hash.value = location.hash;
}
