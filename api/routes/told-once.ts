import { jsonText } from '../../client/json/json-text.ts';

const texts = new WeakMap<object, string>();

/** The text of an answer. Of one that is given again, such as by `toldOnce`, it is made once. */
export function answerText(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return jsonText(answer);
  const text = texts.get(answer) ?? jsonText(answer);
  texts.set(answer, text);
  return text;
}

/**
 * Many ask while one look is the newest: what is made of it is made once, for all who see the same. The answer must not be
 * changed.
 */
export function toldOnce<Seen extends unknown[]>(
  make: (...seen: Seen) => Record<string, unknown>,
): (...seen: Seen) => Record<string, unknown> {
  let last: { seen: Seen; answer: Record<string, unknown> } | undefined;
  return (...seen) => {
    const isSame = last?.seen.every((each, at) => Object.is(each, seen[at]));
    if (last === undefined || !isSame) last = { seen, answer: make(...seen) };
    return last.answer;
  };
}
