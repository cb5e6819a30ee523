import { sayComplaint } from '../../domain/attempt/goose-complaints.ts';

/** Paths and names of a recipe are no longer than this where they are told. */
const LONGEST_NAME = 120;

/**
 * goose's complaint about a recipe with what to do about it, in words that are ours or the recipe's own names; undefined
 * where it is none that is known. `text` is the recipe's.
 */
export function refusal(complaint: string, text: string | undefined): string | undefined {
  const names = namesIn(text ?? '');
  const known = sayComplaint(complaint, (word) => names.has(word));
  if (text?.startsWith('\uFEFF')) return 'it begins with a byte order mark: save it without one';
  return known && `${known.says}${known.mend === undefined ? '' : `; ${known.mend}`}`;
}

/** What the recipe gives a name to or calls by its name: its keys, parameters, files, and what stands in its templates. */
function namesIn(text: string): Set<string> {
  const names = new Set<string>();
  const note = (name: string | undefined) => {
    if (name !== undefined && name.length <= LONGEST_NAME) names.add(name);
  };
  for (const [, key] of text.matchAll(/(?:^|[\s{,])["']?([A-Za-z_][\w-]*)["']?:(?=\s|$)/gm)) note(key);
  for (const [, value] of text.matchAll(/\b(?:key|path)["']?:\s*["']?([\w./-]+)/g)) note(value);
  for (const [tag] of text.matchAll(/\{[{%](?:(?!\{[{%]).){0,500}?[}%]\}/gs)) {
    // Not what is quoted in it.
    for (const [name] of tag.replace(/"[^"]*"|'[^']*'/g, '').matchAll(/[A-Za-z_]\w*/g)) note(name);
  }
  return names;
}
