import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { BOUNDS } from '../../../domain/schedule/definition.ts';

/** Where descriptions that have a file of their own lie, and what was read of them. */
export interface DescriptionFiles {
  /** No path leaves it. */
  folder: string;
  read: Map<string, Promise<Description>>;
}

type Description = { text: string } | { problem: string };

/** No code unit takes more bytes. */
const MOST_BYTES = BOUNDS.descriptionChars * 3;

/** The text of a file, which may be named by many schedules; `problem` is a clause. */
export function readDescription(path: unknown, { folder, read }: DescriptionFiles): Promise<Description> {
  if (typeof path !== 'string') return Promise.resolve({ problem: 'it is no path' });
  const before = read.get(path) ?? readOnce(path, folder);
  read.set(path, before);
  return before;
}

async function readOnce(path: string, folder: string): Promise<Description> {
  try {
    const [real, root] = await Promise.all([realpath(resolve(folder, path)), realpath(folder)]);
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
      return {
        problem: `it lies outside the folder of the file with the schedules (${root}): copy it there`,
      };
    // Without waiting: a pipe in its place would hold us for ever.
    const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return { problem: 'it is not a file' };
      if (facts.size > MOST_BYTES)
        return { problem: `it has more than ${BOUNDS.descriptionChars} characters` };
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile()) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof TypeError) return { problem: 'it is no text in UTF-8' };
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      problem: code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? message})`,
    };
  }
}
