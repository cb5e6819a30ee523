import type { NotBegun, TaskLook, Trigger, WaitsFor } from '../contract/occurrence.ts';

/** Of one occurrence. */
interface OfOccurrence {
  schedule: string;
  /** Its workflow id. */
  occurrence: string;
}

/** What happens to schedules and their occurrences; see events.ts. Times are milliseconds since the epoch. */
export type ScheduleEvent =
  /** The server was brought into the wanted state; `refused`: it does not take it, with what it says. */
  | {
      what: 'schedule-kept';
      schedule: string;
      wanted: 'active' | 'paused' | 'absent';
      nextMs: readonly number[];
      refused?: string;
    }
  | ({
      what: 'occurrence-began';
      plannedMs: number;
      trigger: Trigger;
      number: number;
      version: number;
    } & OfOccurrence)
  | ({ what: 'occurrence-left-out'; plannedMs: number; because: NotBegun } & OfOccurrence)
  /** It may not enter yet. */
  | ({ what: 'occurrence-waits'; waits: WaitsFor } & OfOccurrence)
  | ({ what: 'occurrence-task'; taskId: number } & OfOccurrence)
  /** Its task is over, or will not end by itself. `calledOff`: it was wanted no more. */
  | ({
      what: 'occurrence-over';
      taskId: number;
      look: Pick<TaskLook, 'reason' | 'attempts'> & { state: Exclude<TaskLook['state'], 'open'> };
      calledOff: boolean;
    } & OfOccurrence);
