import { signal } from '@preact/signals';

/** Parked tasks that a person has chosen, for as long as the page is open. */
export const chosen = signal<ReadonlySet<number>>(new Set());

export function turnChosen(id: number): void {
  choose([id], !chosen.peek().has(id));
}

export function choose(ids: readonly number[], isIn: boolean): void {
  const next = new Set(chosen.peek());
  for (const id of ids) {
    if (isIn) next.add(id);
    else next.delete(id);
  }
  chosen.value = next;
}
