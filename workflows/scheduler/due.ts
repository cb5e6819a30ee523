import type { SurveyResult } from '../../contract/pass.ts';

/** Between two refills, at least. What changes in between goes along with the next one. */
const REFILL_REST_MS = 250;
/** And so many times as long as the one before took of a processor, so that what can wait takes a twentieth of it. */
const REST_BY_COST = 19;
/** What a survey took is measured in a process that does other things too, so it bounds nothing by itself. */
const LONGEST_REST_MS = 10_000;
/** After a survey that saw no tasks. The daemon that watches may reach TinyTask where the one that surveys does not, for ever. */
const UNSEEN_REST_MS = 2_000;

export type Survey = 'full' | 'refill';

/** What calls for a survey. */
export interface Calls {
  /** As in SchedulerState. */
  fullDue: boolean;
  woken: boolean;
  prompt: boolean;
  /** As in Watcher. */
  told: 'nothing' | 'changed' | 'over';
}

export interface Rest {
  /** Milliseconds since the epoch. */
  untilMs: number;
  /** It is only for what can wait. */
  endsIfPrompt: boolean;
}

type Surveyed = Pick<SurveyResult, 'loopIntervalMs' | 'costMs' | 'sawTasks'>;

/** Which survey is next, and when. Times are in milliseconds since the epoch. */
export class Due {
  /** It is to be made, or made again, until one is carried out. */
  inHand: Survey | undefined = 'full';
  /** When the loop interval is over. */
  endsAtMs = Number.POSITIVE_INFINITY;
  /** One after the other. */
  rests: readonly Rest[] = [];
  /** The last full pass saw no tasks: the next one is due as soon as the watch sees some. */
  private fullUnseen = false;

  /** Undefined: there is nothing to survey. */
  next(calls: Calls): Survey | undefined {
    if (this.inHand !== undefined) return this.inHand;
    if (isUrgent(calls)) return 'full';
    if (calls.told === 'changed') return this.fullUnseen ? 'full' : 'refill';
    return calls.woken ? 'refill' : undefined;
  }

  /** Whether the next survey waits for the end of this rest. */
  mayRest({ endsIfPrompt }: Rest, calls: Calls): boolean {
    if (this.inHand !== undefined || isUrgent(calls)) return false;
    return this.next(calls) !== undefined && !(endsIfPrompt && calls.prompt);
  }

  /** The one in hand was carried out. */
  carriedOut(result: Surveyed, nowMs: number): void {
    const made = this.inHand;
    this.inHand = undefined;
    if (made === 'full') {
      this.endsAtMs = nowMs + result.loopIntervalMs;
      this.fullUnseen = result.sawTasks === false;
    }
    this.restAfter(result, nowMs);
  }

  /** What is due next rests after this survey. */
  restAfter(result: Surveyed, nowMs: number): void {
    this.rests = [
      { untilMs: nowMs + REFILL_REST_MS, endsIfPrompt: false },
      { untilMs: Math.min(nowMs + sparingMs(result), this.endsAtMs), endsIfPrompt: true },
    ];
  }
}

/** It does not rest. */
function isUrgent({ fullDue, told }: Calls): boolean {
  return fullDue || told === 'over';
}

/** How long a survey that can wait rests after this one. Not at all beyond what each of them does where it was cheap. */
function sparingMs({ costMs = 0, sawTasks }: Surveyed): number {
  if (sawTasks === false) return UNSEEN_REST_MS;
  const restMs = Math.min(REST_BY_COST * costMs, LONGEST_REST_MS);
  return restMs > REFILL_REST_MS ? restMs : 0;
}
