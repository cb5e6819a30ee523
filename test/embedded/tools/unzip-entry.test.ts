import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unzipEntry } from '../../../embedded/tools/unzip-entry.mjs';
import { zipOf } from '../../support/zip.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'unzip-entry-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const FILES = { 'a/first': 'one', 'b/second': 'two '.repeat(50_000), empty: '' };

function archiveOf(bytes: Uint8Array): string {
  const path = join(root, 'archive.zip');
  writeFileSync(path, bytes);
  return path;
}

test.each(Object.entries(FILES))('%s comes out as it went in', async (name, text) => {
  const target = join(root, 'out');
  await unzipEntry(archiveOf(zipOf(FILES)), name, target);
  expect(readFileSync(target, 'utf8')).toBe(text);
});

const zip = zipOf(FILES);
test.each([
  ['half an archive', zip.subarray(0, zip.length / 2), 'it is no zip archive, or not all of one'],
  ['an empty file', Buffer.alloc(0), 'it ends too early'],
  ['a page of a proxy', Buffer.from('<html>You are offline.</html>'), 'it is no zip archive'],
  ['an archive without the file', zipOf({ other: 'x' }), 'there is no "b/second" in it'],
])('%s is refused', async (_, bytes, message) => {
  await expect(unzipEntry(archiveOf(bytes), 'b/second', join(root, 'out'))).rejects.toThrow(message);
});
