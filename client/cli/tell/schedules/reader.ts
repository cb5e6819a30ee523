import { terminalSize } from '../../show/print.ts';
import type { Reader } from '../../show/schedules/list.ts';

/** Who reads the answer here: its clocks, now, and its terminal. */
export function readerHere(): Reader {
  return {
    nowMs: Date.now(),
    // Where it is wanted only: the first one takes as long as a third of an empty Node.js.
    get ownZone() {
      return new Intl.DateTimeFormat().resolvedOptions().timeZone;
    },
    across: terminalSize()?.columns,
  };
}
