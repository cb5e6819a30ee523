import { signal } from '@preact/signals';
import { heldSinceMs } from './hold.ts';
import { knownMs, tasksKnownMs } from './store.ts';

/** This machine's time in milliseconds since the epoch, each second anew while the page is seen. */
export const nowMs = signal(Date.now());

/** Moments of this page's own. Where the clock is set back they are to come, and what is old would be as of now until then. */
const own = [knownMs, tasksKnownMs, heldSinceMs];

let last = { wallMs: Date.now(), steadyMs: performance.now() };

setInterval(() => {
  const now = { wallMs: Date.now(), steadyMs: performance.now() };
  const setBackMs = now.steadyMs - last.steadyMs - (now.wallMs - last.wallMs);
  for (const each of own)
    if (each.value !== null && each.value > now.wallMs) each.value -= Math.max(0, setBackMs);
  last = now;
  if (!document.hidden) nowMs.value = now.wallMs;
}, 1_000);
