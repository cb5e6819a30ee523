/** What a caller asked for cannot be done; the message is the answer that TinyTask gives. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** `text` without the blanks around it. Throws a Refusal of `message` where nothing is left. */
export function filledIn(text: string, message: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new Refusal(message);
  return trimmed;
}
