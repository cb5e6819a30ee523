import {
  type DefinitionProblem,
  FIELDS,
  type Field,
  type FieldName,
  OTHER_NAMES,
} from '../../contract/schedule-problem.ts';
import { nameProblem } from '../../domain/names.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { readLength } from '../../domain/schedule/every.ts';
import { isList, type ListField } from './fields.ts';

const KNOWN: readonly string[] = [...FIELDS, ...OTHER_NAMES];
export const MANY = 1_000_000;
const YES = ['true', 'yes', 'on', '1'] as const;
const NO = ['false', 'no', 'off', '0'] as const;

type TextField = Exclude<FieldName, ListField>;
type NameField = Extract<DefinitionProblem, { code: 'bad-name' }>['field'];

/**
 * What a person gave, read field by field. Each reader returns undefined where there is nothing, and where what is there cannot be
 * used; then it is among the problems, so that all of them are told at once.
 */
export class Given {
  readonly problems: DefinitionProblem[] = [];
  readonly #there = new Set<FieldName>();
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, string[]>();

  constructor(fields: Readonly<Record<string, unknown>>) {
    for (const [key, value] of Object.entries(fields)) this.#take(key, value);
  }

  #take(key: string, value: unknown): void {
    if (value === undefined || value === null) return;
    if (!isField(key)) {
      this.problems.push({ code: 'unknown-field', key, ...nearestField(key) });
      return;
    }
    const field = key;
    if (!(typeof value === 'string' && value.trim() === '')) this.#there.add(field);
    if (isList(field)) {
      const items = (Array.isArray(value) ? value : [value]).map(textOf);
      const texts = items.filter((item) => item !== undefined);
      if (texts.length < items.length) this.problems.push({ code: 'wrong-kind', field, wanted: 'list' });
      if (texts.length > 0) this.#lists.set(field, texts);
      return;
    }
    const text = textOf(value);
    if (text === undefined) this.problems.push({ code: 'wrong-kind', field, wanted: 'text' });
    else if (this.#there.has(field)) this.#texts.set(field, text);
  }

  /** Also where it cannot be used. */
  has(field: FieldName): boolean {
    return this.#there.has(field);
  }

  /** In one line, without what is around it. */
  line(field: TextField, most = Number.POSITIVE_INFINITY): string | undefined {
    const text = this.#texts.get(field)?.trim();
    return text === undefined ? undefined : this.#checked(field as Field, text, most);
  }

  /** As it is, line breaks and all. */
  text(field: TextField, most: number): string | undefined {
    const text = this.#texts.get(field);
    if (text === undefined) return undefined;
    if (/[^\P{Cc}\n\r\t]/u.test(text))
      return this.#bad({ code: 'control-characters', field: field as Field });
    return this.#ofLength(field as Field, text, most);
  }

  /** Each item with at most so many characters, and so many items. */
  list(field: ListField, { items, chars }: { items: number; chars: number }): string[] | undefined {
    const list = this.#lists.get(field);
    if (list === undefined) return undefined;
    if (list.length > items) return this.#bad({ code: 'too-many', field, count: list.length, most: items });
    const good = list.filter((item) => this.#checked(field, item, chars) !== undefined);
    return good.length < list.length ? undefined : list;
  }

  name(field: NameField): string | undefined {
    const value = this.#texts.get(field)?.trim();
    if (value === undefined || nameProblem(value) === undefined) return value;
    return this.#bad({ code: 'bad-name', field, value });
  }

  word<Word extends string>(field: TextField, known: readonly Word[]): Word | undefined {
    const value = this.#texts.get(field)?.trim().toLowerCase();
    if (value === undefined) return undefined;
    const found = known.find((word) => word === value);
    return found ?? this.#bad({ code: 'unknown-word', field, value, known, ...near(value, known) });
  }

  truth(field: TextField): boolean | undefined {
    const word = this.word(field, [...YES, ...NO]);
    return word === undefined ? undefined : YES.some((yes) => yes === word);
  }

  wholeNumber(field: TextField, least: number, most = MANY): number | undefined {
    const value = this.#texts.get(field)?.trim();
    if (value === undefined) return undefined;
    const number = /^[+-]?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    return this.#bad({ code: 'no-number', field, value, least, most });
  }

  /** In milliseconds. */
  duration(field: Field & TextField, { min, max }: { min: number; max: number }): number | undefined {
    const value = this.#texts.get(field)?.trim();
    if (value === undefined) return undefined;
    const ms = readLength(value) ?? Number.NaN;
    if (ms >= min && ms <= max) return ms;
    return this.#bad({ code: 'no-duration', field, value, leastMs: min, mostMs: max });
  }

  #checked(field: Field, text: string, most: number): string | undefined {
    if (/\p{Cc}/u.test(text)) return this.#bad({ code: 'control-characters', field });
    return this.#ofLength(field, text, most);
  }

  #ofLength(field: Field, text: string, most: number): string | undefined {
    if (text.length <= most) return text;
    return this.#bad({ code: 'too-long', field, chars: text.length, most });
  }

  #bad(problem: DefinitionProblem): undefined {
    this.problems.push(problem);
    return undefined;
  }
}

export function isField(key: string): key is FieldName {
  return KNOWN.includes(key);
}

/** Numbers and truth values come from JSON. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.toWellFormed();
  const isPlain = typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  return isPlain ? String(value) : undefined;
}

/** `MaxPerJob` and `max-per-job` are near `max_per_job`. */
export function nearestField(
  key: string,
  fields: readonly string[] = FIELDS,
): { nearest: string } | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');
  const asked = plain(key.slice(0, 60));
  const nearest = fields.find((field) => plain(field) === asked);
  if (nearest !== undefined) return { nearest };
  return near(key.slice(0, 60).toLowerCase(), fields);
}

export function near(value: string, known: readonly string[]): { nearest: string } | undefined {
  const nearest = nearestName(value.slice(0, 60), known);
  return nearest === undefined ? undefined : { nearest };
}
