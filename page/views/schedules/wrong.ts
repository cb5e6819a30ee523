import type { Problem } from '../../api/call.ts';
import { type Draft, FIELDS, type Field } from './draft.ts';

/** What is wrong with a field, as the API tells it. */
export interface Wrong {
  says: string;
  allowed: readonly string[];
  /** What may have been meant. */
  nearest: string | null;
}

export interface AllWrong {
  byField: ReadonlyMap<Field, readonly Wrong[]>;
  /** What belongs to no field of the form. */
  others: readonly string[];
}

export const NOTHING_WRONG: AllWrong = { byField: new Map(), others: [] };

/** What is missing is told without a field: it belongs to that into which it would be written. */
const MISSING: Readonly<Record<string, (draft: Draft) => Field>> = {
  'no-name': () => 'name',
  'no-timing': ({ timing }) => timing,
  'nothing-to-do': ({ work }) => (work === 'task' ? 'title' : 'command'),
};

/** Each problem at its field; undefined: the problem is another one. */
export function wrongIn({ code, facts }: Problem, draft: Draft): AllWrong | undefined {
  const { wrong } = facts as { wrong?: unknown };
  if (code !== 'bad-definition' || !Array.isArray(wrong)) return undefined;
  const byField = new Map<Field, Wrong[]>();
  const others: string[] = [];
  for (const each of wrong as Told[]) {
    const field = FIELDS.find((name) => `body.${name}` === each.at) ?? MISSING[each.code ?? '']?.(draft);
    if (field === undefined) others.push(each.says);
    else byField.set(field, [...(byField.get(field) ?? []), wrongOf(each)]);
  }
  return { byField, others };
}

interface Told {
  at: string;
  says: string;
  code?: string;
  allowed?: string[] | null;
  nearest?: string | null;
}

function wrongOf({ says, allowed, nearest }: Told): Wrong {
  return { says, allowed: allowed ?? [], nearest: nearest ?? null };
}
