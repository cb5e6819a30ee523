import type { VerdictKind } from '../attempt/verdict.ts';

/** What people may be told of; `TINYSCHEDULER_NOTIFY_EVENTS` chooses among these words and `recovered`. */
export const CONDITION_KINDS = ['parked', 'unwell', 'late', 'schedule', 'budget'] as const;
export type ConditionKind = (typeof CONDITION_KINDS)[number];

/**
 * What is so. Names and figures only: nothing that a program, a model or a person wrote, since it leaves the host. Times in
 * milliseconds since the epoch.
 */
export type ConditionFacts =
  /** `verdict`: of its last attempt; null: no attempt led to it, or it is not known. */
  | { kind: 'parked'; taskId: number; agent: string | null; attempt: number; verdict: VerdictKind | null }
  | { kind: 'unwell'; agent: string; queue: string | null; state: 'cooling-down' | 'misconfigured' }
  | {
      kind: 'late';
      taskId: number;
      agent: string;
      attempt: number;
      startedMs: number;
      /** It is stopped when it has run for so long. */
      limitMs: number;
    }
  /** `count`: bad ends in a row, or missed times. */
  | {
      kind: 'schedule';
      schedule: string;
      problem: 'did-not-fire' | 'bad-ends' | 'not-kept' | 'missed';
      count?: number;
    }
  /** `queue`: of the pool whose budget it is. */
  | ({ kind: 'budget'; percent: 80 | 100; used: number; tokensPerDay: number; day: string } & (
      | { agent: string }
      | { queue: string }
    ))
  /** So many more of a kind than are told one by one. */
  | { kind: ConditionKind; more: number };

/** Something that a person may have to look at, and that lasts. */
export interface Condition {
  /** Names it for as long as it lasts, and again when it comes back. */
  key: string;
  /** It is told anew when this has grown: a further attempt, a larger part of a budget. At least 1. */
  level: number;
  /** Since when, in milliseconds since the epoch; absent: since it was seen first. */
  sinceMs?: number;
  facts: ConditionFacts;
}

/** So many of one kind are told one by one; beyond these there is one that counts the others. */
export const MOST_OF_A_KIND = 200;
/** Their levels are no figures of something that grows. */
const MORE_KEY = 'more';

/**
 * The conditions, at most `MOST_OF_A_KIND` and one of each kind.
 *
 * @param isKnown those that are known by their keys come before others, so that a new one does not push one out that has been told
 */
export function bounded(
  conditions: readonly Condition[],
  isKnown: (key: string) => boolean = () => false,
): Condition[] {
  return CONDITION_KINDS.flatMap((kind) => {
    const all = conditions.filter(({ facts }) => facts.kind === kind);
    if (all.length <= MOST_OF_A_KIND) return all;
    const first = [...all.filter(({ key }) => isKnown(key)), ...all.filter(({ key }) => !isKnown(key))];
    const more = all.length - MOST_OF_A_KIND;
    return [
      ...first.slice(0, MOST_OF_A_KIND),
      { key: `${kind}/${MORE_KEY}`, level: 1, facts: { kind, more } },
    ];
  });
}

/**
 * What it means that a look does not find a known condition. `over`: it is over, and who knew of it is told. `dropped`: it is no more,
 * and nobody is told, as it did not end well. `unseen`: the look does not say.
 */
export type Absence = 'over' | 'dropped' | 'unseen';

/** All that a look has found. */
export interface Sight {
  present: Condition[];
  /** Of a known key that is not among them. */
  absence(key: string): Absence;
}

/** As somebody sees it who looks at these kinds alone. */
export function ofKinds({ present, absence }: Sight, kinds: readonly string[]): Sight {
  return {
    present: present.filter(({ facts }) => kinds.includes(facts.kind)),
    absence: (key) => (kinds.includes(kindIn(key)) ? absence(key) : 'unseen'),
  };
}

/** Each key begins with its kind. */
function kindIn(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

/** What has changed since a look. */
export interface Changes {
  came: Condition[];
  /** Keys. */
  gone: string[];
  /** Keys of which nobody is told that they are over. Absent: none, or a host of an earlier version looked. */
  dropped?: string[];
}

/** Known conditions, as levels by key. */
export type Levels = Readonly<Record<string, number>>;

/**
 * What is new to who knows these, and what is over. One that is missing for the first time is not over yet: the server's lists lag,
 * and a workflow between two of its runs is in none.
 *
 * @param missing keys that the look before this one missed; the look after it is to be given those of the answer
 */
export function changesTo(
  known: Levels,
  { present, absence }: Sight,
  missing: ReadonlySet<string>,
): Required<Changes> & { missing: Set<string> } {
  const isKnown = (key: string) => Object.hasOwn(known, key);
  const found = bounded(present, isKnown);
  const keys = new Set(found.map(({ key }) => key));
  const absent = Object.keys(known).filter((key) => !keys.has(key) && absence(key) !== 'unseen');
  const ended = absent.filter((key) => missing.has(key));
  return {
    came: found.filter(({ key, level }) => !isKnown(key) || level > (known[key] ?? 0)),
    gone: ended.filter((key) => absence(key) === 'over'),
    dropped: ended.filter((key) => absence(key) === 'dropped'),
    missing: new Set(absent.filter((key) => !missing.has(key))),
  };
}
