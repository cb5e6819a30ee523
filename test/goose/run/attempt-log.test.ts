import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { AttemptLog } from '../../../goose/run/attempt-log.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

test('keeps everything that fits, for its owner only', async () => {
  using folder = temporaryFolder();
  const log = await AttemptLog.open({ dir: join(folder.path, 'logs'), name: 'a.log', maxBytes: 1000 });
  await log.write(Buffer.from('out\n'));
  await log.write(Buffer.from('err\n'));
  await log.close();
  const path = join(folder.path, 'logs', 'a.log');
  expect(readFileSync(path, 'utf8')).toBe('out\nerr\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(log.problem).toBeUndefined();
});

test.each([1001, 1500, 1700, 5000, 123_456])(
  'of %i bytes in 1,000 it keeps head and tail and says what it cut',
  async (bytes) => {
    using folder = temporaryFolder();
    const text = Array.from({ length: bytes }, (_, i) =>
      i % 10 === 9 ? '\n' : String(((i / 10) % 10) | 0),
    ).join('');
    const log = await AttemptLog.open({ dir: folder.path, name: 'a.log', maxBytes: 1000 });
    for (let i = 0; i < text.length; i += 77) await log.write(Buffer.from(text.slice(i, i + 77)));
    await log.close();
    const kept = readFileSync(join(folder.path, 'a.log'), 'utf8');
    const [, head = '', cut, tail = ''] =
      /^(.*)\n--- (\d+) bytes cut here: .* 1000 ---\n(.*)$/s.exec(kept) ?? [];
    expect(kept.length).toBeLessThanOrEqual(1000);
    expect(text.startsWith(head)).toBe(true);
    expect(head.length).toBe(500);
    expect(text.endsWith(tail)).toBe(true);
    expect(tail.length).toBeGreaterThan(300);
    expect(head.length + Number(cut) + tail.length).toBe(bytes);
  },
);

test('a log that was never closed says where its newest output ends', async () => {
  using folder = temporaryFolder();
  const log = await AttemptLog.open({ dir: folder.path, name: 'a.log', maxBytes: 1000 });
  await log.write(Buffer.from('x'.repeat(1100)));
  expect(readFileSync(join(folder.path, 'a.log'), 'utf8')).toMatch(/^x{600}\n--- newest output above, older/);
  await log.close();
});

test('never writes into a file that is there already', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'a.log'), 'mine');
  const log = await AttemptLog.open({ dir: folder.path, name: 'a.log', maxBytes: 1000 });
  await log.write(Buffer.from('new'));
  await log.close();
  expect(log.name).toBe('a-2.log');
  expect(readFileSync(join(folder.path, 'a.log'), 'utf8')).toBe('mine');
  expect(readFileSync(join(folder.path, 'a-2.log'), 'utf8')).toBe('new');
});

test('a disk that fails is said, and nothing is thrown', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'file'), '');
  const nowhere = await AttemptLog.open({
    dir: join(folder.path, 'file', 'logs'),
    name: 'a.log',
    maxBytes: 1000,
  });
  await nowhere.write(Buffer.from('x'));
  await nowhere.close();
  expect(nowhere.problem).toContain('ENOTDIR');

  // The kernel's own full disk.
  await using full = await open('/dev/full', 'w');
  const log = await AttemptLog.open({ dir: folder.path, name: 'a.log', maxBytes: 1000 });
  const fileHandle = Object.getPrototypeOf(full);
  const realWrite = fileHandle.write;
  const write = vi.spyOn(fileHandle, 'write').mockImplementation((...args) => realWrite.apply(full, args));
  await log.write(Buffer.from('x'));
  write.mockRestore();
  await log.write(Buffer.from('y'));
  await log.close();
  expect(log.problem).toMatch(/"a\.log".*ENOSPC/);
});
