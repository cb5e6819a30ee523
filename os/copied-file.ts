import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_WRONLY, O_CREAT, O_EXCL } = constants;
const PIECE_BYTES = 1_048_576;

/** What a file consists of. */
export interface Content {
  bytes: number;
  /** In hexadecimal digits. */
  sha256: string;
}

export interface ReadOptions {
  /** Whether a symbolic link in its place is read through. */
  followLinks?: boolean;
  /** A larger file is refused. */
  mostBytes?: number;
}

/**
 * Copies a file to a path that nothing has yet, mode 0600, and syncs it. Throws what the system says, and where it is no
 * regular file: a pipe or a device could keep one waiting, or have no end.
 */
export async function copyFileWhole(from: string, to: string, options: ReadOptions = {}): Promise<Content> {
  const source = await openRegular(from, options);
  try {
    const target = await open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      const content = await read(source, (piece) => target.writeFile(piece));
      await target.sync();
      return content;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Throws what the system says, and where it is no regular file. */
export async function contentOf(path: string, options: ReadOptions = {}): Promise<Content> {
  const source = await openRegular(path, options);
  try {
    return await read(source, async () => undefined);
  } finally {
    await source.close();
  }
}

/** What was written to a file or into a folder survives a power cut. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, O_RDONLY);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function openRegular(path: string, options: ReadOptions): Promise<FileHandle> {
  const { followLinks = false, mostBytes = Number.POSITIVE_INFINITY } = options;
  const file = await open(path, O_RDONLY | O_NONBLOCK | (followLinks ? 0 : O_NOFOLLOW));
  try {
    const about = await file.stat();
    if (!about.isFile()) throw new Error('it is not a file');
    if (about.size > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function read(file: FileHandle, take: (piece: Buffer) => Promise<unknown>): Promise<Content> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(PIECE_BYTES);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, bytes);
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await take(piece);
    bytes += bytesRead;
  }
}
