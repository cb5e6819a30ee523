import { terminalSize } from '../../show/print.ts';
import type { Reader } from '../../show/schedules/list.ts';

/** Who reads the answer here: its clocks, now, and its terminal. */
export function readerHere(): Reader {
  return {
    nowMs: Date.now(),
    ownZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    across: terminalSize()?.columns,
  };
}
