import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readPage } from '../../api/page/page-files.ts';
import { apiStand } from '../support/api-stand.ts';
import { ROOT } from '../support/documents.ts';

const PAGE = join(ROOT, 'dist/page');
const stand = apiStand({}, { tokenRequired: true });
afterAll(() => stand.end());

/** What the first file names. */
function filesIn(index: string): string[] {
  return [...index.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path = '']) => path);
}

test('anybody gets the page, and nothing may be written into it or loaded from elsewhere', async () => {
  const answer = await stand.ask('/');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const files = filesIn(await answer.text());
  expect(files.length).toBeGreaterThan(1);
  for (const path of files) {
    const file = await stand.ask(path);
    expect([path, file.status, file.headers.get('cache-control')]).toEqual([
      path,
      200,
      'public, max-age=31536000, immutable',
    ]);
  }
});

test('it is sent as small as the browser takes it, and not again while it is the same', async () => {
  const plain = readFileSync(join(PAGE, 'index.html'), 'utf8');
  const ask = (headers: Record<string, string>) => stand.ask('/', { headers });
  const [br, zipped] = await Promise.all([
    ask({ 'accept-encoding': 'gzip, deflate, br' }),
    ask({ 'accept-encoding': 'gzip' }),
  ]);
  expect(br.headers.get('content-encoding')).toBe('br');
  expect(brotliDecompressSync(Buffer.from(await br.arrayBuffer())).toString()).toBe(plain);
  expect(gunzipSync(Buffer.from(await zipped.arrayBuffer())).toString()).toBe(plain);
  const again = await ask({ 'if-none-match': br.headers.get('etag') ?? '' });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test.each([
  'index.html',
  'style.css',
  '..%2findex.html',
  '%2e%2e%2fpackage.json',
  'a'.repeat(100),
  'constructor',
])('there is no file %s of it', async (name) => {
  expect((await stand.ask(`/page/${name}`)).status).toBe(404);
});

test('all of it together is at most 150 kB compressed', async () => {
  const files = [...((await readPage(PAGE)) ?? [])];
  expect(files.length).toBeGreaterThan(2);
  const bytes = files.reduce((sum, [, { gzip }]) => sum + gzip.length, 0);
  expect(bytes).toBeLessThan(150_000);
});

test('where it was not built, there is a word in its place', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'no-page-'));
  expect(await readPage(dir)).toBeUndefined();
  rmSync(dir, { recursive: true });
});
