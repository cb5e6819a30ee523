import { cut } from '../domain/cut.ts';

/** A message of a person's that could not be done, for a while after it came. */
export interface Complaint {
  /** Name of the signal. */
  signal: string;
  /** A sentence that quotes what was wrong. */
  says: string;
  /** Milliseconds since the epoch. */
  atMs: number;
}

export const STANDS_FOR_MS = 10 * 60_000;
const QUOTED = { chars: 60, bytes: 180 };

/** A message that was dropped. */
interface Dropped {
  /** Name of the signal. */
  signal: string;
  /** Who was sent it, for people: `pool dev`. */
  to: string;
  content: unknown;
  /** A clause that goes on from what was sent, such as "must be a number". */
  problem: string;
}

/** @param atMs now, in milliseconds since the epoch */
export function complaintAbout({ signal, to, content, problem }: Dropped, atMs: number): Complaint {
  const sent = content === undefined ? 'nothing' : cut(JSON.stringify(content), QUOTED);
  return { signal, says: `${to} was sent ${signal} with ${sent}, and did nothing: it ${problem}`, atMs };
}

/** With a new one about a signal, which takes the place of the one before; or, where there is none, without that. */
export function withComplaint(
  complaints: readonly Complaint[],
  signal: string,
  complaint?: Complaint,
): Complaint[] {
  const others = complaints.filter((each) => each.signal !== signal);
  return complaint === undefined ? others : [...others, complaint];
}

/** Those that are still to be told. */
export function standing(complaints: readonly Complaint[] | undefined, nowMs: number): Complaint[] {
  return (complaints ?? []).filter(({ atMs }) => nowMs < atMs + STANDS_FOR_MS);
}
