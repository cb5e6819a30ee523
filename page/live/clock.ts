import { signal } from '@preact/signals';

/** This machine's time in milliseconds since the epoch, each second anew while the page is seen. */
export const nowMs = signal(Date.now());

setInterval(() => {
  if (!document.hidden) nowMs.value = Date.now();
}, 1_000);
