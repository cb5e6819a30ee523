import { computed, signal } from '@preact/signals';

/** A person holds the updates: what is shown stays as it is until they go on. */
export const held = signal(false);

/** Since when, in milliseconds since the epoch; null: they go on. */
export const heldSinceMs = signal<number | null>(null);

/** So many changes have come since then. */
export const heldBack = signal(0);

export const holdWord = computed(() =>
  held.value ? `Held; ${heldBack.value} ${heldBack.value === 1 ? 'change waits' : 'changes wait'}` : 'Live',
);

/** What a press would do. */
export const holdTitle = computed(() =>
  held.value ? 'Let the updates go on (key h)' : 'Hold the updates (key h)',
);

const onRelease = new Set<() => void>();

/** Called when updates go on. Returns how not to be called any more. */
export function whenReleased(call: () => void): () => void {
  onRelease.add(call);
  return () => onRelease.delete(call);
}

export function turnHold(): void {
  held.value = !held.value;
  heldSinceMs.value = held.value ? Date.now() : null;
  if (held.value) return;
  heldBack.value = 0;
  for (const call of onRelease) call();
}
