import type { Draft, Field } from './draft.ts';
import { FIELDS, TIMINGS } from './draft.ts';

/** What was typed and not saved. */
export interface KeptDraft {
  draft: Draft;
  /** What it was made from. */
  base: Draft;
  /** Of the version that it was made from; null: of one that is new. */
  etag: string | null;
}

/** `sessionStorage`, or what stands for it. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A name cannot have a space, so no schedule is called as the new one is. */
const keyOf = (name: string | null) => `schedule-draft ${name ?? ' new'}`;

/** Kept until it is saved or thrown away, also where the view is left or the page is loaded anew. */
export function keepDraft(store: Store, name: string | null, kept: KeptDraft): void {
  try {
    store.setItem(keyOf(name), JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing; the form still has it.
  }
}

export function forgetDraft(store: Store, name: string | null): void {
  store.removeItem(keyOf(name));
}

/** Undefined: there is none, or of another version of the page. */
export function keptDraft(store: Store, name: string | null): KeptDraft | undefined {
  try {
    const kept = JSON.parse(store.getItem(keyOf(name)) ?? 'null') as Partial<KeptDraft> | null;
    if (!isDraft(kept?.draft) || !isDraft(kept?.base)) return undefined;
    return { draft: kept.draft, base: kept.base, etag: kept.etag ?? null };
  } catch {
    return undefined;
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  const { timing, work, texts } = value as Partial<Draft>;
  const isWhole = TIMINGS.some((each) => each === timing) && (work === 'task' || work === 'command');
  if (!isWhole || typeof texts !== 'object' || texts === null) return false;
  return Object.entries(texts).every(
    ([field, text]) => FIELDS.includes(field as Field) && typeof text === 'string',
  );
}
