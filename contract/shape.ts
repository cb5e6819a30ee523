/**
 * What a message has to be: gives a copy with nothing else in it, and throws a WrongShape that says what is wrong. A
 * library for this would be loaded anew for each run that is in the worker's cache (docs/adr/0020-shapes-of-messages.md).
 */
export type Shape<T> = (value: unknown) => T;

export class WrongShape extends Error {
  override readonly name = 'WrongShape';
}

export const boolean: Shape<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new WrongShape('must be true or false');
  return value;
};

export function number(min: number, max: number): Shape<number> {
  return (value) => {
    if (typeof value === 'number' && value >= min && value <= max) return value;
    throw new WrongShape(`must be a number from ${min} to ${max}`);
  };
}

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): Shape<number> {
  const inRange = number(min, max);
  return (value) => {
    if (Number.isSafeInteger(value)) return inRange(value);
    throw new WrongShape('must be a whole number');
  };
}

/** A text that `holds` is true of. */
export function text(what: string, holds: (value: string) => boolean): Shape<string> {
  return (value) => {
    if (typeof value === 'string' && holds(value)) return value;
    throw new WrongShape(`must be ${what}`);
  };
}

export function oneOf<const T extends string | number | boolean>(...values: T[]): Shape<T> {
  return (value) => {
    if (values.includes(value as T)) return value as T;
    throw new WrongShape(`must be one of ${values.join(', ')}`);
  };
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null ? null : shape(value));
}

export function absentOr<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => (value === undefined ? undefined : shape(value));
}

/** Of at most so many. */
export function list<T>(shape: Shape<T>, most: number): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > most)
      throw new WrongShape(`must be a list of at most ${most}`);
    return value.map((item) => shape(item));
  };
}

/** Keys that hold undefined are left out. */
export function object<T extends object>(shapes: { [Key in keyof T]-?: Shape<T[Key]> }): Shape<T> {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new WrongShape('must be an object');
    const known = Object.entries<Shape<unknown>>(shapes).map(([key, shape]) => {
      const inner = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
      return [key, named(key, shape, inner)] as const;
    });
    return Object.fromEntries(known.filter(([, inner]) => inner !== undefined)) as T;
  };
}

/** The first that fits. */
export function either<A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> {
  return (value) => {
    try {
      return one(value);
    } catch (error) {
      if (!(error instanceof WrongShape)) throw error;
      return other(value);
    }
  };
}

/** What a shape makes of a value; undefined where it has another one. */
export function readable<T>(shape: Shape<T>, value: unknown): T | undefined {
  try {
    return shape(value);
  } catch (error) {
    if (error instanceof WrongShape) return undefined;
    throw error;
  }
}

function named<T>(key: string, shape: Shape<T>, value: unknown): T {
  try {
    return shape(value);
  } catch (error) {
    if (error instanceof WrongShape) throw new WrongShape(`${key} ${error.message}`);
    throw error;
  }
}
