import type { Bundle } from '../domain/notify/bundle.ts';
import type { Changes, Levels } from '../domain/notify/condition.ts';
import type { Outbox, TellingRules } from '../domain/notify/outbox.ts';
import type { NotDelivered } from '../domain/notify/patience.ts';

// The notifier: what its workflow is given and keeps, and what activities do for it.

/** Input of `notifier`. The first one has nothing to carry. */
export interface NotifierInput {
  carried?: Outbox;
  rules?: TellingRules;
}

/** Readable without waking it, and written when `failing` begins, ends or becomes another one. */
export interface NotifierMemo {
  notifier: {
    /** Messages that waited then. */
    waiting: number;
    /** Since when, in milliseconds since the epoch, and why. Absent: the last one was delivered, or there was none, and none was refused. */
    failing?: { sinceMs: number; problem: NotDelivered };
  };
}

export interface WatchConditionsInput {
  known: Levels;
  /** Where they are others now, a look says so at once. */
  rules?: TellingRules;
}

/** What a look found that is new to who asked. */
export interface ConditionsSeen extends Changes {
  rules: TellingRules;
}

/** What the notifier has done for it, by a daemon that has somebody to notify. */
export interface NotifierActivities {
  /** Looks until something has changed to what is known; for an hour at most. */
  watchConditions(input: WatchConditionsInput): Promise<ConditionsSeen>;
  /** One try. It may be carried out more than once: the receiver knows a repeat by the bundle's id. */
  deliverNotification(bundle: Bundle): Promise<'delivered' | NotDelivered>;
}
