import type { Attempt } from '../contract/attempts.ts';
import { duration } from './duration.ts';

/** What became of a log that is being read, as a sentence without a full stop. */
export function sayLogNews(what: 'again' | 'full' | 'cut'): string {
  switch (what) {
    case 'again':
      return 'the log was emptied or replaced; it goes on from its beginning';
    case 'full':
      return 'the log is full: what is written now takes the place of older output; its end follows when the attempt is over';
    case 'cut':
      return 'the middle of the log was cut; its end follows';
  }
}

/** @param isKnown the server still has the run of the attempt */
export function sayAttemptEnd({ number, verdict, seconds }: Attempt, isKnown: boolean): string {
  if (!isKnown) return `nothing more is known of attempt ${number}`;
  const how = verdict === null ? 'how is not known' : `${verdict.kind}, ${verdict.reason}`;
  return `attempt ${number} is over${seconds === null ? '' : ` after ${duration(seconds * 1_000)}`}: ${how}`;
}
