import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readApiPlace, removeApiPlace, writeApiPlace } from '../../../embedded/presence/api-place.ts';
import { readApiServed } from '../../../embedded/presence/api-trouble.ts';
import { identify } from '../../../os/process-identity.mjs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'api-place-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function place(pid = process.pid) {
  const identity = identify(pid);
  if (identity === undefined) throw new Error('not in the list of processes');
  const about = { version: '1.2.3', tokenRequired: true, configuration: 'abc' };
  return { ...identity, url: 'http://127.0.0.1:9595', ...about };
}

test('it is read as it was written, by its owner only, and removed by whose it is', async () => {
  await writeApiPlace(dir, place());
  expect(readApiPlace(dir)).toEqual(place());
  expect(readApiServed(dir)).toEqual({ url: 'http://127.0.0.1:9595', tokenRequired: true });
  expect(statSync(join(dir, 'api.json')).mode & 0o777).toBe(0o600);
  await writeApiPlace(dir, place(process.ppid));
  await removeApiPlace(dir);
  expect(readApiPlace(dir)?.pid).toBe(process.ppid);
  await writeApiPlace(dir, place());
  await removeApiPlace(dir);
  expect(readApiPlace(dir)).toBeUndefined();
});

test.each([
  ['none', undefined],
  ['of a process that has ended', JSON.stringify({ ...place(), startTime: '1@before' })],
  ['of another shape', JSON.stringify({ ...place(), url: 7 })],
  ['half of one', JSON.stringify(place()).slice(0, 40)],
])('one that counts for nothing: %s', (_, text) => {
  for (const name of ['api.json', 'api-trouble.json'])
    if (text !== undefined) writeFileSync(join(dir, name), text);
  expect([readApiPlace(dir), readApiServed(dir)]).toEqual([undefined, undefined]);
  if (text !== undefined) expect(readFileSync(join(dir, 'api.json'), 'utf8')).toBe(text);
});
