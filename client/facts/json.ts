// Facts as JSON and back, exactly: what JSON has no word for is written as an object with this one key.
const MARK = '$';

const NO_JSON = {
  undefined: undefined,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
} as const;

/** JSON out of which `factsOf` makes the same facts: plain objects and lists, of texts, numbers, booleans, null and undefined. */
export function textOfFacts(facts: unknown): string {
  return JSON.stringify(written(facts));
}

/** @throws SyntaxError where it is no JSON, or none of `textOfFacts` */
export function factsOf(text: string): unknown {
  return read(JSON.parse(text));
}

function written(value: unknown): unknown {
  if (value === undefined) return { [MARK]: 'undefined' };
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { [MARK]: nameOf(value) };
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, written(each)] as const);
  // Somebody may have given something the name of our key.
  return Object.hasOwn(value, MARK) ? { [MARK]: entries } : Object.fromEntries(entries);
}

function nameOf(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** What was parsed is nobody else's, so it is changed in place: of 10,000 tasks no second copy is made. */
function read(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) value[at] = read(value[at]);
    return value;
  }
  if (Object.hasOwn(value, MARK)) return marked((value as Record<string, unknown>)[MARK]);
  const facts = value as Record<string, unknown>;
  for (const key of Object.keys(facts)) {
    const each = facts[key];
    if (typeof each === 'object' && each !== null) define(facts, key, read(each));
  }
  return facts;
}

function marked(what: unknown): unknown {
  if (typeof what === 'string' && Object.hasOwn(NO_JSON, what)) return NO_JSON[what as keyof typeof NO_JSON];
  if (!Array.isArray(what)) throw new SyntaxError(`${JSON.stringify(what)} stands for nothing`);
  const facts = {};
  for (const [key, each] of what as [string, unknown][]) define(facts, key, read(each));
  return facts;
}

/** A key may have any name, `__proto__` too. */
function define(facts: object, key: string, value: unknown): void {
  Object.defineProperty(facts, key, { value, enumerable: true, configurable: true, writable: true });
}
