import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** A file of the page, whole, in the forms in which it is sent. */
export interface PageFile {
  type: string;
  etag: string;
  plain: Buffer;
  br: Buffer;
  gzip: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Its first file, which a browser asks for. */
export const INDEX = 'index.html';

/**
 * Reads the built page, by the names of its files. They are held in memory: no request names a file of this machine, and a build
 * that goes on meanwhile harms nobody. Undefined: this installation was built without it.
 */
export async function readPage(folder: string): Promise<ReadonlyMap<string, PageFile> | undefined> {
  if (!existsSync(join(folder, INDEX))) return undefined;
  const names = readdirSync(folder).filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(await Promise.all(names.map(async (name) => [name, await read(folder, name)] as const)));
}

async function read(folder: string, name: string): Promise<PageFile> {
  const plain = readFileSync(join(folder, name));
  const etag = `"${createHash('sha256').update(plain).digest('hex').slice(0, 20)}"`;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  const [br, zipped] = await Promise.all([promisify(brotliCompress)(plain, quality), promisify(gzip)(plain)]);
  return { type: TYPES[extname(name)] ?? '', etag, plain, br, gzip: zipped };
}
