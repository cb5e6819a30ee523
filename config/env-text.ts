import { closeSync, openSync, readSync } from 'node:fs';
import { ConfigError } from './config.ts';

const MAX_ENV_FILE_BYTES = 1024 * 1024;

/**
 * The text of an env file, without a byte order mark. `named`: by the user, who may then name another one.
 * Throws ConfigError when it is missing, cannot be read, is larger than 1 MB, or is no UTF-8 text.
 */
export function readEnvText(path: string, named: boolean): string {
  const bytes = readUpTo(path, MAX_ENV_FILE_BYTES + 1, named);
  const refuse = (
    what: string,
    mend = named ? 'name the right file with --env-file' : 'move it away',
  ): never => {
    throw new ConfigError([`The env file ${JSON.stringify(path)} ${what}; ${mend}.`]);
  };
  if (bytes.length > MAX_ENV_FILE_BYTES) refuse(`has more than ${MAX_ENV_FILE_BYTES} bytes`);
  if (isUtf16(bytes)) {
    refuse('is UTF-16 text', 'save it as UTF-8, for example with `iconv -f UTF-16 -t UTF-8`');
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) refuse(`has a NUL character in line ${lineAt(bytes, nul)}, so it is not a text`);
  try {
    // Takes the byte order mark away.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse(`is not UTF-8 text (line ${firstBadLine(bytes)})`, 'save it as UTF-8');
  }
}

/** Reads on after the size that the file says it has: a pipe says 0, a device has no end. */
function readUpTo(path: string, limit: number, named: boolean): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(limit);
      let length = 0;
      for (let got = -1; got !== 0 && length < limit; length += got) {
        got = readSync(file, bytes, length, limit - length, null);
      }
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${message})`;
    const mend = named ? 'name another one with --env-file' : 'make it readable or remove it';
    throw new ConfigError([`The env file ${JSON.stringify(path)} ${reason}; ${mend}.`]);
  }
}

/** By its byte order mark, or by a zero in every other byte of its beginning, as Latin letters have it. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const head = bytes.subarray(0, 64);
  const zeros = (parity: number) => head.filter((byte, at) => at % 2 === parity && byte === 0).length;
  const half = Math.floor(head.length / 2);
  return half > 1 && [zeros(0), zeros(1)].includes(half) && [zeros(0), zeros(1)].includes(0);
}

function lineAt(bytes: Buffer, at: number): number {
  return bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
}

function firstBadLine(bytes: Buffer): number {
  for (let line = 1, from = 0; ; line += 1) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline;
    // U+FFFD is what stands for what cannot be decoded; a file that has it by itself is told the line of that.
    if (newline < 0 || bytes.subarray(from, end).toString('utf8').includes('\ufffd')) return line;
    from = end + 1;
  }
}
