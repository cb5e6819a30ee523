import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { BOUNDS } from '../../../domain/schedule/definition.ts';
import { once } from '../once.ts';

type Description = { text: string } | { problem: string };

/** No code unit takes more bytes. */
const MOST_BYTES = BOUNDS.descriptionChars * 3;

export type ReadDescription = (path: unknown) => Promise<Description>;

/** Reads the texts of files in a folder, which no path leaves; many schedules may name the same one. `problem` is a clause. */
export function descriptionsIn(folder: string): ReadDescription {
  const read = once((path) => readDescription(path, folder));
  return async (path) => (typeof path === 'string' ? read(path) : { problem: 'it is no path' });
}

async function readDescription(path: string, folder: string): Promise<Description> {
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
