/** Marks of direction, by which a text of somebody else would turn round what stands after it. */
const TURNS = /\p{Bidi_Control}/gu;
/** Not text at all; line breaks and tabs are. */
const UNSEEN = /(?![\n\t])\p{Cc}/gu;

/** A text that somebody else wrote, of which only what can be read is shown. */
export function harmless(text: string): string {
  return text.replace(TURNS, '').replace(UNSEEN, '\ufffd');
}
