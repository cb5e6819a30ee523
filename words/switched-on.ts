import type { Reason } from '../domain/plan/reason.ts';
import { sayReason } from './reason.ts';

const MOST_SAID = 5;

/**
 * What follows when a person has switched something on again, as a sentence.
 *
 * @param target what was switched on, as the beginning of a sentence: `Agent ada`
 * @param still what keeps all of it from starting anything, and what keeps a part of it
 */
export function saySwitchedOn(
  target: string,
  verb: 'resume' | 'start-agents',
  still: { all: readonly Reason[]; some: readonly Reason[] },
): string {
  if (still.all.length > 0) {
    const was = verb === 'resume' ? 'paused' : 'stopped';
    return `${target} is no longer ${was}, and starts nothing yet: ${list(still.all)}.`;
  }
  if (still.some.length > 0) return `${target} starts tasks again; but ${list(still.some)}.`;
  return `${target} starts tasks again.`;
}

function list(reasons: readonly Reason[]): string {
  const more = reasons.length - MOST_SAID;
  const said = reasons.slice(0, MOST_SAID).map(sayReason);
  return [...said, ...(more > 0 ? [`${more} more`] : [])].join('; and ');
}
