import type { Note } from '../../../contract/by-hand.ts';
import { personName } from '../../../os/person-name.ts';

/** What goes along with what a person does here: who it is, and why, where they say so. */
export function saidBy(note?: string): Note {
  return { by: personName(), ...(note !== undefined && { note }) };
}
