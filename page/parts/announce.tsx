import { signal } from '@preact/signals';

/** Changes are said to who hears the page at most this often. */
const EVERY_MS = 10_000;
const SHOWN_MS = 8_000;

const heard = signal('');
const seen = signal<{ text: string; number: number } | null>(null);
let saidMs = Number.NEGATIVE_INFINITY;
/** The last change that is not said yet. */
let waits: string | undefined;
let due: ReturnType<typeof setTimeout> | undefined;
let number = 0;

/** Says something to who hears the page: changes at most each 10 s, the last one; what a person did at once, and shown too. */
export function announce(text: string, how: 'at-once' | 'in-time'): void {
  if (how === 'in-time') waits = text;
  else {
    show(text);
    say(text);
  }
  clearTimeout(due);
  // What a person did is heard first, and the change that waited after it.
  if (waits !== undefined) due = setTimeout(sayWaiting, Math.max(0, saidMs + EVERY_MS - performance.now()));
}

function sayWaiting(): void {
  if (waits !== undefined) say(waits);
  waits = undefined;
}

function say(text: string): void {
  saidMs = performance.now();
  heard.value = text;
}

function show(text: string): void {
  number += 1;
  const mine = number;
  seen.value = { text, number };
  setTimeout(() => {
    if (seen.peek()?.number === mine) seen.value = null;
  }, SHOWN_MS);
}

/** In the page's frame, once. */
export function Announcements() {
  return (
    <>
      <div class="heard" aria-live="polite">
        {heard.value}
      </div>
      {seen.value && <p class="done-note">{seen.value.text}</p>}
    </>
  );
}
