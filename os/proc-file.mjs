// @ts-check
import { closeSync, openSync, readSync } from 'node:fs';

/** Nearly everything fits; what does not is read in pieces. One for all, since hundreds of files are read at a time. */
const buffer = Buffer.alloc(16 * 1024);

/**
 * What a file in /proc says, each byte as one character. `readFileSync` asks for its size and for its end too, and makes a
 * buffer for each, which is twice the work. Throws where it cannot be read.
 * @param {string} path
 * @returns {string}
 */
export function readProcFile(path) {
  const file = openSync(path, 'r');
  try {
    let text = '';
    for (;;) {
      const bytes = readSync(file, buffer, 0, buffer.length, null);
      text += buffer.toString('latin1', 0, bytes);
      if (bytes < buffer.length) return text;
    }
  } finally {
    closeSync(file);
  }
}
