import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { HostWatch } from '../../../goose/host/host-watch.ts';
import { readPlace } from '../../../goose/host/owner.ts';

/** A watch that has looked at a folder without runs, at a time that stands still: only the folder can end its rest. */
async function watching(folder?: string) {
  const dir = await mkdtemp(join(tmpdir(), 'host-watch-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const place = await readPlace(folder ?? dir);
  const watch = new HostWatch({ place, graceMs: 0, onEnded: () => undefined, onProblem: () => undefined });
  onTestFinished(() => watch.close());
  await watch.look();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  return { watch, dir };
}

test('the folder of run records ends the rest of who has no runs to look after', async () => {
  const { watch, dir } = await watching();
  const rest = watch.rest();
  expect(vi.getTimerCount()).toBe(1);
  await writeFile(join(dir, 'a.json'), '{}');
  await rest;
  expect(vi.getTimerCount()).toBe(0);
});

test('so does a worker that has gone, and the end of the watch', async () => {
  const { watch } = await watching();
  const first = watch.rest();
  watch.workerHasGone({ pid: 1, startTime: 1 });
  await first;
  const other = (await watching()).watch;
  const second = other.rest();
  other.close();
  await second;
  expect(other.isClosed).toBe(true);
});
