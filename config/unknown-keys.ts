import { nearestName } from '../domain/nearest-name.ts';
import { LONGEST_QUOTE, quotedKey } from './shown-value.ts';

/** The keys of an object that nobody reads, but for those under which people write notes. */
export function unknownKeys(data: object, keys: readonly string[]): string[] {
  return Object.keys(data).filter((key) => !keys.includes(key) && !isNote(key));
}

function isNote(key: string): boolean {
  return /^[_$#/]/.test(key) || /^(?:comment|description|notes?)$/i.test(key);
}

/** The key that was probably meant for this one. */
export function meantFor(key: string | undefined, data: object, keys: readonly string[]): string | undefined {
  return unknownKeys(data, keys).find((each) => nearestKey(each, keys) === key);
}

/** That a key has no effect, and what was probably meant, as a clause. */
export function sayUnknown(key: string, keys: readonly string[], of: string): string {
  const nearest = nearestKey(key, keys);
  const mend = nearest === undefined ? `the keys are ${keys.join(', ')}` : `perhaps "${nearest}" is meant`;
  return `${quotedKey(key)} is no key of ${of} and has no effect; ${mend}`;
}

function nearestKey(key: string, keys: readonly string[]): string | undefined {
  const lower = key.slice(0, LONGEST_QUOTE).toLowerCase().replace(/[_-]/g, '');
  const nearest = nearestName(
    lower,
    keys.map((each) => each.toLowerCase()),
  );
  return keys.find((each) => each.toLowerCase() === nearest);
}
