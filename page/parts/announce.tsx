import { signal } from '@preact/signals';

/** Changes are said to who hears the page at most this often. */
const EVERY_MS = 10_000;
const SHOWN_MS = 8_000;

const heard = signal('');
const seen = signal<{ text: string; number: number } | null>(null);
let saidMs = Number.NEGATIVE_INFINITY;
let due: ReturnType<typeof setTimeout> | undefined;
let number = 0;

/** Says something to who hears the page: changes at most each 10 s, the last one; what a person did at once, and shown too. */
export function announce(text: string, how: 'at-once' | 'in-time'): void {
  clearTimeout(due);
  if (how === 'at-once') {
    number += 1;
    const mine = number;
    seen.value = { text, number };
    setTimeout(() => {
      if (seen.peek()?.number === mine) seen.value = null;
    }, SHOWN_MS);
  }
  const say = () => {
    saidMs = performance.now();
    heard.value = text;
  };
  if (how === 'at-once') say();
  else due = setTimeout(say, Math.max(0, saidMs + EVERY_MS - performance.now()));
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
