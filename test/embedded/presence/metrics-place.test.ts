import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeMetricsPlace, writeMetricsPlace } from '../../../embedded/presence/metrics-place.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'metrics-place-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const names = () => readdirSync(join(dir, 'metrics')).sort();
const own = `${process.pid}.json`;

test('it is a list of targets, as Prometheus reads them from files', async () => {
  await writeMetricsPlace(dir, { role: 'worker', host: '::1', port: 4711 });
  const [first, ...rest] = JSON.parse(readFileSync(join(dir, 'metrics', own), 'utf8'));
  expect(rest).toEqual([]);
  expect(first.targets).toEqual(['[::1]:4711']);
  expect(Object.keys(first.labels)).toEqual(['role', '__pid__', '__start_time__']);
  await removeMetricsPlace(dir);
  expect(existsSync(join(dir, 'metrics', own))).toBe(false);
});

test('what killed processes have left goes, what cannot be read too, and what lives stays', async () => {
  await writeMetricsPlace(dir, { role: 'daemon', host: '127.0.0.1', port: 1 });
  const living = readFileSync(join(dir, 'metrics', own), 'utf8');
  mkdirSync(join(dir, 'metrics'), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(dir, 'metrics', name), text);
  write('living.json', living);
  write('dead.json', living.replace(/"__start_time__": ".*"/, '"__start_time__": "0@other"'));
  write('broken.json', '{');
  write('notes.txt', 'of somebody');
  await writeMetricsPlace(dir, { role: 'daemon', host: '127.0.0.1', port: 2 });
  expect(names()).toEqual([own, 'living.json', 'notes.txt'].sort());
});
