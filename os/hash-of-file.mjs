// @ts-check
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * @param {string} path
 * @param {'sha256' | 'sha512'} algorithm
 * @param {'hex' | 'base64'} encoding
 */
export async function hashOfFile(path, algorithm, encoding) {
  const sum = createHash(algorithm);
  await pipeline(createReadStream(path), sum);
  return sum.digest(encoding);
}
