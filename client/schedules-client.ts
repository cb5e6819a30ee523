import type { Note } from '../contract/by-hand.ts';
import type { OccurrenceSeen } from '../contract/occurrence.ts';
import type {
  AllSchedules,
  Backfilled,
  HistoryAsked,
  HistoryLine,
  MissedLine,
  RecentOccurrences,
  RunNowHow,
  ScheduleLine,
  ScheduleShown,
  SchedulesPage,
  Skipped,
  StartedNow,
} from '../contract/schedule.ts';
import type { Applied, HowToApply, WantedSchedule } from '../contract/schedule-applied.ts';
import type { Definition } from '../domain/schedule/definition.ts';

/**
 * The schedules' part of the one API. Definitions are checked before (client/schedules/definition.ts); each call that changes
 * something is answered when a daemon has taken it. @throws `no-daemon` where none does
 */
export interface SchedulesClient {
  /** @throws `existing-schedule` */
  create(definition: Definition, options?: Note & { paused?: boolean }): Promise<ScheduleLine>;
  /**
   * `keepRemaining`: what remains is not changed, however many have begun since the definition was read.
   * @throws `no-such-schedule` @throws `schedule-changed` where it has another version than the one it was made from
   */
  edit(
    definition: Definition,
    version: number,
    how?: Note & { keepRemaining?: boolean },
  ): Promise<ScheduleLine>;
  /** In the order of their making, in pages of at most `limit` (100). */
  list(asked?: { limit?: number; cursor?: string }): Promise<SchedulesPage>;
  /** All of them in short, 10,000 at most. */
  all(): Promise<AllSchedules>;
  /** @throws `no-such-schedule` */
  show(name: string): Promise<ScheduleShown>;
  /** As `list` has it, with so many of its next times. @throws `no-such-schedule` */
  line(name: string, times: number): Promise<ScheduleLine>;
  /** False: it was so already. @throws `no-such-schedule` */
  pause(name: string, note?: Note): Promise<boolean>;
  /** @throws `no-such-schedule` @throws `schedule-finished` */
  resume(name: string, note?: Note): Promise<boolean>;
  /** @throws `no-such-schedule` @throws `schedule-paused` @throws `schedule-finished` */
  runNow(name: string, how?: RunNowHow, note?: Note): Promise<StartedNow>;
  /** How an occurrence stands; undefined: the server knows none of that workflow id. */
  occurrence(workflowId: string): Promise<OccurrenceSeen | undefined>;
  /** @throws `no-such-schedule` */
  skipNext(name: string, note?: Note): Promise<Skipped>;
  /** @throws `no-such-schedule` @throws `too-many-times` */
  backfill(name: string, span: { fromMs: number; toMs: number }, note?: Note): Promise<Backfilled>;
  /** Returns how many of its occurrences go on. @throws `no-such-schedule` */
  delete(name: string, note?: Note): Promise<{ open: number }>;
  /** Newest first; of one schedule, or of all. @throws `no-such-schedule` */
  history(asked: HistoryAsked): Promise<HistoryLine[]>;
  /** Of each of these so many of the last occurrences, newest first. */
  recent(names: readonly string[], each: number): Promise<RecentOccurrences[]>;
  /**
   * Times that were missed since then and that nobody has decided about, oldest first: of one schedule, or of all. Of more than
   * 200 these are those in trouble, and 200 of which something happened last, or that were made last. @throws `no-such-schedule`
   */
  missed(sinceMs: number, schedule?: string): Promise<MissedLine[]>;
  /** @throws `no-such-time` */
  decide(name: string, plannedMs: number, decide: 'run' | 'skip', note?: Note): Promise<string | null>;
  /** Makes the schedules be as they are here. One that fails keeps no other from being done. */
  apply(wanted: readonly WantedSchedule[], how: HowToApply, note?: Note): Promise<Applied[]>;
}
