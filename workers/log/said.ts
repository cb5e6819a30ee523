import type { Entry, Item, Line, Standing } from './line.ts';
import { localDay, localTime } from './local-time.ts';

const AGAIN_MS = 3_600_000;
/** What is known is bounded: further things under a key are counted only, and the key used longest ago makes room. */
const MOST_ITEMS = 10_000;
const MOST_KEYS = 1_000;

interface Known {
  value: string;
  sinceMs: number;
  saidAtMs: number;
  over: Line | undefined;
}

/** What the log has said of things that last, so that each is said when it is news. */
export class Said {
  readonly #keys = new Map<string, Map<string | number, Known>>();

  /** The lines that are due at `nowMs` (since 1970). */
  due(entry: Entry, nowMs: number): Line[] {
    return 'key' in entry ? this.#standing(entry, nowMs) : [entry];
  }

  #standing({ key, now, how, most = Number.POSITIVE_INFINITY, more }: Standing, nowMs: number): Line[] {
    const known = this.#keys.get(key) ?? new Map<string | number, Known>();
    if (how === 'occasions')
      for (const [id, before] of known) if (isDueAgain(before, nowMs)) known.delete(id);
    const lines = how === undefined || how === 'once' ? over(known, now) : [];
    let said = 0;
    let unsaid = 0;
    for (const item of now) {
      const before = known.get(item.id);
      const isNew = before === undefined || before.value !== item.value;
      if (!isNew && (how === 'once' || !isDueAgain(before, nowMs))) continue;
      const hasPlace = before !== undefined || known.size < MOST_ITEMS;
      const sinceMs = isNew ? nowMs : before.sinceMs;
      if (hasPlace) known.set(item.id, { value: item.value, sinceMs, saidAtMs: nowMs, over: item.over });
      if (said >= most || !hasPlace) unsaid += 1;
      else {
        lines.push(isNew ? item.say() : since(item.say(), sinceMs));
        said += 1;
      }
    }
    if (unsaid > 0 && more !== undefined) lines.push(more(unsaid));
    this.#keep(key, known);
    return lines;
  }

  #keep(key: string, known: Map<string | number, Known>): void {
    this.#keys.delete(key);
    if (known.size === 0) return;
    this.#keys.set(key, known);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > MOST_KEYS && oldest !== undefined) this.#keys.delete(oldest);
  }
}

/** Forgets what holds no more, and returns what is to be said of that. */
function over(known: Map<string | number, Known>, now: readonly Item[]): Line[] {
  const holds = new Set(now.map((item) => item.id));
  const ended = [...known].filter(([id]) => !holds.has(id));
  for (const [id] of ended) known.delete(id);
  return ended.flatMap(([, { over: line }]) => line ?? []);
}

/** Also in the file of a new day, which is read by itself. */
function isDueAgain({ saidAtMs }: Known, nowMs: number): boolean {
  return nowMs - saidAtMs >= AGAIN_MS || localDay(saidAtMs) !== localDay(nowMs);
}

function since(line: Line, sinceMs: number): Line {
  return { ...line, text: `${line.text} (since ${localTime(sinceMs)})` };
}
