import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';

/** A key that does something here: `?`, `/`, `g t` (one after the other). */
export interface Key {
  keys: string;
  says: string;
  run(event: KeyboardEvent): void;
}

/** What can be done by key now, the last that came first: a dialog's before those of the view below it. */
export const keysNow = signal<readonly (readonly Key[])[]>([]);

/** For as long as the component is shown, from its first moment on: a key that is pressed twice in a row is not lost. */
export function useKeys(keys: readonly Key[]): void {
  useLayoutEffect(() => {
    keysNow.value = [keys, ...keysNow.peek()];
    return () => {
      keysNow.value = keysNow.peek().filter((each) => each !== keys);
    };
  });
}

const SECOND_MS = 1_200;
let first: { key: string; atMs: number } | undefined;

/** Only for the document: gives a key to whom it is for. */
export function giveKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target))
    return;
  // A dialog has its own.
  if (document.querySelector('dialog[open]') !== null) return;
  const before = first !== undefined && Date.now() - first.atMs < SECOND_MS ? `${first.key} ` : '';
  first = undefined;
  for (const keys of [before + event.key, event.key])
    for (const each of keysNow.peek().flat())
      if (each.keys === keys) {
        event.preventDefault();
        each.run(event);
        return;
      }
  if (
    keysNow
      .peek()
      .flat()
      .some((each) => each.keys.startsWith(`${event.key} `))
  )
    first = { key: event.key, atMs: Date.now() };
}

/** Into which keys write: a box to tick is none. */
const WRITING =
  'input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]';

export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(WRITING) !== null;
}
