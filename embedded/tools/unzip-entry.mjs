// @ts-check
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const END_LENGTH = 22;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER_LENGTH = 30;
const DEFLATED = 8;

/**
 * Writes one file of a zip archive to `target`. Reads what Python's wheels are: deflated, below 4 GB, without a comment
 * at the end. Throws if the archive is not such a one, or has no file of this name.
 * @param {string} archive
 * @param {string} name
 * @param {string} target
 */
export async function unzipEntry(archive, name, target) {
  const file = await open(archive);
  try {
    const { size } = await file.stat();
    const end = await read(file, size - END_LENGTH, END_LENGTH);
    if (end.readUInt32LE(0) !== END_OF_DIRECTORY) throw new Error('it is no zip archive, or not all of one');
    const directory = await read(file, end.readUInt32LE(16), end.readUInt32LE(12));
    const entry = find(directory, name);
    if (!entry) throw new Error(`there is no ${JSON.stringify(name)} in it`);
    if (entry.method !== DEFLATED)
      throw new Error(`it is packed by method ${entry.method}, not by ${DEFLATED}`);
    const local = await read(file, entry.offset, LOCAL_HEADER_LENGTH);
    const start = entry.offset + LOCAL_HEADER_LENGTH + local.readUInt16LE(26) + local.readUInt16LE(28);
    const packed = createReadStream(archive, { start, end: start + entry.packedBytes - 1 });
    await pipeline(packed, createInflateRaw(), createWriteStream(target));
  } finally {
    await file.close();
  }
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} position
 * @param {number} length
 */
async function read(file, position, length) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, Math.max(0, position));
  if (bytesRead < length || position < 0) throw new Error('it ends too early');
  return buffer;
}

/**
 * @param {Buffer} directory
 * @param {string} name
 */
function find(directory, name) {
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (directory.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      return {
        method: directory.readUInt16LE(at + 10),
        packedBytes: directory.readUInt32LE(at + 20),
        offset: directory.readUInt32LE(at + 42),
      };
    }
    at += 46 + nameLength + extraLength;
  }
  return undefined;
}
