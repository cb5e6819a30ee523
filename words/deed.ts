import type { Deed, DeedKind, Note } from '../contract/by-hand.ts';
import { moment } from './clock.ts';

const DID: Record<DeedKind, string> = {
  pause: 'paused',
  resume: 'resumed',
  'stop-agents': 'agents stopped',
  'start-agents': 'agents started',
  'set-limit': 'limit set',
};

/** Who did it, when and why, as a clause: `paused by ada@box, 2026-01-01 12:30:05 UTC: disk full`. */
export function sayDeed({ did, by, note, atMs }: Deed): string {
  const who = by === undefined ? 'by hand' : `by ${by}`;
  return `${DID[did]} ${who}, ${moment(atMs)}${note === undefined ? '' : `: ${note}`}`;
}

/** Why an attempt ended that a person has stopped with all of its agent, as a clause. */
export function sayStoppedBy(note: Note | undefined): string {
  return `stopped by hand${sayWho(note)}`;
}

/** What goes on after "by hand": ` by ada@box (disk full)`; nothing where nobody said who and why. */
export function sayWho({ by, note }: Note = {}): string {
  return `${by === undefined ? '' : ` by ${by}`}${note === undefined ? '' : ` (${note})`}`;
}
