import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { FileProblem } from '../../../contract/schedule-file.ts';

/** As large as 10,000 schedules with descriptions of their own are, as a rule. */
const MOST_BYTES = 8 * 1_048_576;

/** The text of a file, or of what is piped to us. No more of it is read than a file of schedules has. */
export async function openFile(source: string | Readable): Promise<string | FileProblem> {
  const stream = typeof source === 'string' ? createReadStream(source) : source;
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of stream) {
      parts.push(Buffer.from(part));
      bytes += parts.at(-1)?.length ?? 0;
      if (bytes > MOST_BYTES) return { line: null, code: 'too-large', most: MOST_BYTES };
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch (error) {
    if (error instanceof TypeError) return { line: null, code: 'not-utf-8' };
    return { line: null, code: 'unreadable', text: (error as Error).message };
  }
}
