import { cut } from '../domain/cut.ts';
import type { Shape } from './shape.ts';

/** What may come with a message of a person's. */
export interface Note {
  /** Who sends it, as `user@host`. */
  by?: string;
  /** Why. */
  note?: string;
}

/** What a person did with a scheduler, a pool or an agent, and what undid it. */
export type DeedKind = keyof typeof TOPICS;

/** Two deeds about the same thing have the same topic: the later one counts. */
const TOPICS = {
  pause: 'pause',
  resume: 'pause',
  'stop-agents': 'stop',
  'start-agents': 'stop',
  'set-limit': 'limit',
} as const;

/** The last that a person did about one thing, kept in a memo so that it can be read while no worker lives. */
export interface Deed extends Note {
  did: DeedKind;
  /** Absent: all of the pool, or the scheduler. */
  agent?: string;
  /** Milliseconds since the epoch. */
  atMs: number;
}

const WHO = { chars: 100, bytes: 300 };
const WHY = { chars: 200, bytes: 600 };
/** A memo goes along with each look at a workflow. */
const MOST_DEEDS = 100;

/**
 * Whoever stops something in an emergency must not be refused for what comes with it, so this takes anything: an object with
 * `by` and `note`, or a text, which is the note. What is no note is none.
 */
export const NOTE_OR_NONE: Shape<Note | undefined> = (value) => {
  const { by, note } = typeof value === 'string' ? { note: value } : fieldsOf(value);
  const [who, why] = [textOf(by, WHO), textOf(note, WHY)];
  if (who === undefined && why === undefined) return undefined;
  return { ...(who !== undefined && { by: who }), ...(why !== undefined && { note: why }) };
};

function fieldsOf(value: unknown): { by?: unknown; note?: unknown } {
  if (typeof value !== 'object' || value === null) return {};
  const own = (key: string) =>
    Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  return { by: own('by'), note: own('note') };
}

function textOf(value: unknown, limit: typeof WHO): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : cut(text, limit);
}

/**
 * With what a person did now. A message without a note changes nothing here, so that workflows that were sent such ones
 * before there were notes do what they did.
 */
export function withDeed(deeds: readonly Deed[], deed: Deed): Deed[] {
  if (deed.by === undefined && deed.note === undefined) {
    const isDone = deedOf(deeds, [deed.did], deed.agent) !== undefined;
    return isDone ? [...deeds] : withoutAbout(deeds, deed);
  }
  const all = [...withoutAbout(deeds, deed), deed];
  if (all.length <= MOST_DEEDS) return all;
  const undone = all.findIndex(({ did }) => did === 'resume' || did === 'start-agents');
  return all.filter((_, at) => at !== Math.max(0, undone));
}

function withoutAbout(deeds: readonly Deed[], { did, agent }: Deed): Deed[] {
  return deeds.filter((each) => each.agent !== agent || TOPICS[each.did] !== TOPICS[did]);
}

/** The last deed of one of these kinds, of an agent or, where none is named, of the whole. */
export function deedOf(
  deeds: readonly Deed[] | undefined,
  kinds: readonly DeedKind[],
  agent?: string,
): Deed | undefined {
  return deeds?.findLast((deed) => deed.agent === agent && kinds.includes(deed.did));
}
