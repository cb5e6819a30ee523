import { type Draft, EMPTY } from './draft.ts';

/** What was typed and not added, with the key under which it was tried, so that a lost answer adds no second task later either. */
export interface KeptDraft {
  draft: Draft;
  key: { of: string; is: string };
}

/** `sessionStorage`, or what stands for it. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const NAME = 'task-draft';

/** Kept until it is added or left, also where the view is left by a link or the page is loaded anew. */
export function keepDraft(store: Store, kept: KeptDraft): void {
  try {
    store.setItem(NAME, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing; the form still has it.
  }
}

export function forgetDraft(store: Store): void {
  store.removeItem(NAME);
}

/** Of what is not there, or of another version of the page, an empty one. */
export function keptDraft(store: Store): KeptDraft {
  try {
    const kept = JSON.parse(store.getItem(NAME) ?? 'null') as Partial<KeptDraft> | null;
    const draft = Object.fromEntries(
      Object.entries(EMPTY).map(([name, none]) => {
        const text: unknown = kept?.draft?.[name as keyof Draft];
        return [name, typeof text === 'string' ? text : none];
      }),
    ) as unknown as Draft;
    const { of = '', is = '' } = kept?.key ?? {};
    return { draft, key: { of: String(of), is: String(is) } };
  } catch {
    return { draft: EMPTY, key: { of: '', is: '' } };
  }
}
