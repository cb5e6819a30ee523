import { RefusedError } from '../../contract/api.ts';

const MOST_BYTES = 1_048_576;
const MOST_DEPTH = 20;
const MOST_VALUES = 10_000;

/**
 * The body of a request that changes something; none is an object without keys. The type of a body has to be said: a form of
 * another site cannot say it. Where there is none, no type is needed: forms always have one, and pages say their origin.
 *
 * @throws RefusedError `wrong-content-type` `body-too-large` `body-too-deep` `bad-request`
 */
export async function readBody(request: Request): Promise<unknown> {
  const contentType = request.headers.get('content-type');
  if (contentType === null && (await textOf(request)) === '') return {};
  if (contentType === null || !/^application\/json\s*(;\s*charset=utf-8\s*)?$/i.test(contentType))
    throw new RefusedError({ code: 'wrong-content-type', contentType: contentType?.slice(0, 100) ?? null });
  const text = await textOf(request);
  if (text === '') return {};
  refuseNested(text);
  try {
    return JSON.parse(text, withoutPrototype);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw badBody(`it is no JSON (${(error as Error).message.slice(0, 200)})`);
  }
}

/** Such a key would be lost where a value is copied, without a word. */
function withoutPrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw badBody('no key may be called __proto__');
  return value;
}

function badBody(says: string): RefusedError {
  return new RefusedError({ code: 'bad-request', wrong: [{ at: 'body', says }] });
}

async function textOf(request: Request): Promise<string> {
  const tooLarge = new RefusedError({ code: 'body-too-large', mostBytes: MOST_BYTES });
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) throw tooLarge;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of request.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > MOST_BYTES) throw tooLarge;
    pieces.push(piece);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw badBody('it is not in UTF-8');
  }
}

/**
 * Counted before anything is made of it. By a search from mark to mark, each character once: an expression that tries again where
 * a text does not end takes minutes for what somebody has made for it.
 */
function refuseNested(text: string): void {
  const marks = /["[{}\],]/g;
  let depth = 0;
  let values = 1;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const [mark] = found;
    // Texts are taken whole, so that what is in them does not count.
    if (mark === '"') marks.lastIndex = endOfText(text, marks.lastIndex);
    if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (mark === ',' || mark === '[' || mark === '{') values += 1;
    if (depth > MOST_DEPTH || values > MOST_VALUES)
      throw new RefusedError({ code: 'body-too-deep', mostDepth: MOST_DEPTH, mostValues: MOST_VALUES });
  }
}

/** After the quote that ends what begins there; of one that does not end, the end of all. */
function endOfText(text: string, start: number): number {
  const marks = /["\\]/g;
  marks.lastIndex = start;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    if (found[0] === '"') return marks.lastIndex;
    marks.lastIndex += 1;
  }
  return text.length;
}
