import type { TemporalAccess } from '../host/lost-activity.ts';

/** What a worker tells its guardian, over a channel whose end tells it that the worker has gone. */
export type ToGuardian =
  | { access: TemporalAccess }
  | { look: number }
  /** The worker ends in order and leaves nothing. */
  | { leave: true };

/** `looked`: all that was on disk when it was asked is known. `unseen`: it lives, and its look has failed. */
export type FromGuardian = { looked: number } | { unseen: number } | { problem: string };
