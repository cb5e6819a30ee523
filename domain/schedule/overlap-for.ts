import type { Overlap } from './definition.ts';
import type { EnterAsked } from './entry.ts';
import type { Trigger } from './occurrence.ts';

/** Times of the past that a person has asked for are each wanted: they wait for one another, unless they may overlap. */
export function overlapFor(trigger: Trigger, overlap: Overlap): EnterAsked['overlap'] {
  const isOfThePast = trigger === 'backfill' || trigger === 'missed';
  return isOfThePast && overlap !== 'allow' ? 'in-turn' : overlap;
}
