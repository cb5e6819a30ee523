import { lastPlainLine } from './last-lines.ts';

/** Lines of a log that are looked at; goose writes one for each piece of an answer. */
const MOST_LINES = 500;

/**
 * What a run wrote last, by the end of its log, as one line of at most 200 characters, fit for people: of goose's messages what was
 * said or called in them, of anything else the line itself. Null: there is nothing to tell.
 *
 * @param isCut the bytes begin in the middle of a log
 */
export function lastOutput(bytes: Buffer, isCut: boolean): string | null {
  const all = bytes.toString('utf8').split('\n');
  const lines = (isCut ? all.slice(1) : all).filter((line) => line.trim() !== '').slice(-MOST_LINES);
  let at = lines.length - 1;
  while (at >= 0) {
    const message = messageIn(lines[at] ?? '');
    const { text, first } =
      message === undefined ? { text: lines[at] ?? '', first: at } : wholeText(lines, at, message);
    const said = lastPlainLine(text);
    if (said !== null) return said;
    // Of a text that tells nothing no part does: to put it together again from each of its pieces takes long.
    at = first - 1;
  }
  return null;
}

/** A line of goose's stream. `text`: empty where it says nothing to people. */
interface Message {
  id: unknown;
  text: string;
  /** Of an answer that grows. */
  isPiece: boolean;
}

const SAYS_NOTHING: Message = { id: null, text: '', isPiece: false };

/** Undefined: the line is none of goose's stream. */
function messageIn(line: string): Message | undefined {
  if (!line.startsWith('{')) return undefined;
  const event = objectIn(line);
  // The last one may not be written to its end.
  if (event === undefined) return line.startsWith('{"type":') ? SAYS_NOTHING : undefined;
  if (event.type === 'error') return { id: null, text: String(event.error), isPiece: false };
  const { id, content } = (asObject(event.message) ?? {}) as { id?: unknown; content?: unknown };
  if (event.type !== 'message') return typeof event.type === 'string' ? SAYS_NOTHING : undefined;
  const contents = (Array.isArray(content) ? content : []).map(asObject).filter((each) => each !== undefined);
  const last = contents.at(-1);
  return {
    id,
    text: contents.map(textOf).join(''),
    isPiece: last?.type === 'text' && typeof id === 'string',
  };
}

function textOf(content: Json): string {
  if (content.type === 'toolRequest') {
    const { name, arguments: given } = asObject(asObject(content.toolCall)?.value) ?? {};
    return typeof name === 'string' ? `\n${name} ${JSON.stringify(given ?? {}).slice(0, 400)}\n` : '';
  }
  if (content.type === 'toolResponse') {
    const answers = asObject(content.toolResult)?.value;
    const parts = Array.isArray(answers) ? answers : (asObject(answers)?.content as unknown);
    return Array.isArray(parts) ? parts.map((part) => stringOf(asObject(part)?.text)).join('\n') : '';
  }
  return stringOf(content.text) || stringOf(content.thinking) || stringOf(content.msg);
}

/** The pieces of one answer follow each other. `first`: the line of the first one. */
function wholeText(
  lines: readonly string[],
  at: number,
  { id, text, isPiece }: Message,
): { text: string; first: number } {
  let whole = text;
  let first = at;
  for (let before = at - 1; isPiece && before >= 0; before -= 1) {
    const piece = messageIn(lines[before] ?? '');
    if (piece === undefined || piece.id !== id || !piece.isPiece) break;
    whole = piece.text + whole;
    first = before;
  }
  return { text: whole, first };
}

type Json = Record<string, unknown>;

function objectIn(line: string): Json | undefined {
  try {
    return asObject(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
