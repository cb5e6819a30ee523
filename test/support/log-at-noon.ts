import { afterEach, beforeEach, vi } from 'vitest';
import type { SchedulerEvent } from '../../activities/events.ts';
import type { Line } from '../../workers/log/line.ts';
import { Log } from '../../workers/log/log.ts';

/** A log for each test of a file, which begins at noon of a day, on a clock that stands still. */
export function logAtNoon() {
  const lines: Line[] = [];
  let log: Log;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 0, 31, 12) });
    lines.length = 0;
    log = new Log([{ level: 'INFO', to: (line) => lines.push(line) }]);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const tell = (event: SchedulerEvent) => log.tell(event);
  return {
    lines,
    tell,
    /** The lines since the last call, as `LEVEL text`. */
    said(...events: SchedulerEvent[]): string[] {
      for (const event of events) tell(event);
      return lines.splice(0).map(({ level, text }) => `${level} ${text}`);
    },
    pass(ms: number): void {
      vi.setSystemTime(Date.now() + ms);
    },
  };
}
