import { isoTime } from '../../client/json/iso-time.ts';
import { snake } from '../../client/json/snake-keys.ts';

/** Moments among the facts of failures; what else ends in `Ms` is how long something takes. */
const MOMENTS = ['atMs', 'editedMs'];

/** Facts of a failure as they are answered, at every depth: moments are times, and keys are as everywhere in our JSON. */
export function factsJson(facts: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) =>
      MOMENTS.includes(key) && typeof value === 'number'
        ? [key.slice(0, -2), isoTime(value)]
        : [snake(key), valueJson(value)],
    ),
  );
}

function valueJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueJson);
  return typeof value === 'object' && value !== null ? factsJson(value) : value;
}
