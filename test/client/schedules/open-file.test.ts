import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { openFile } from '../../../client/schedules/file/open-file.ts';
import { sayFileProblem } from '../../../words/schedule-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'open-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

test('a file is read, and what is piped, also where a character is in two pieces', async () => {
  expect(await openFile(written('good', '\ufeffschedules: [] # ü\n'))).toBe('schedules: [] # ü\n');
  const [first, second] = [Buffer.from('a: ü').subarray(0, 4), Buffer.from('a: ü').subarray(4)];
  expect(await openFile(Readable.from([first, second]))).toBe('a: ü');
});

test('no more is read than a file of schedules has', async () => {
  let pieces = 0;
  const endless = new Readable({
    read() {
      pieces += 1;
      this.push(Buffer.alloc(65_536, 35));
    },
  });
  expect(await openFile(endless)).toMatchObject({ code: 'too-large' });
  expect(pieces).toBeLessThan(200);
  expect(endless.destroyed).toBe(true);
  const large = await openFile(written('large', Buffer.alloc(50_000_000, 35)));
  expect(typeof large === 'object' && sayFileProblem(large)).toMatch(/^it has more than 8 MiB: /);
});

test.each<[string, () => string, RegExp]>([
  ['there is none', () => join(folder, 'nowhere'), /^it cannot be read: ENOENT/],
  ['it is a directory', () => folder, /^it cannot be read: EISDIR/],
  ['it is no text', () => written('binary', Buffer.from([0x61, 0xff])), /^it is no text in UTF-8/],
])('%s', async (_, path, expected) => {
  const problem = await openFile(path());
  expect(typeof problem === 'object' && sayFileProblem(problem)).toMatch(expected);
});
