import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lives } from './observer/processes.ts';
import type { Random } from './random.ts';
import type { Goose } from './watch.ts';

const LOOK_MS = 10;
/** No agent that ends by itself takes longer. */
const LONGEST_MS = 8_000;

/** The moments of a goose's life at which it, or its worker for it, writes to TinyTask or is about to. */
export const MOMENTS = {
  'as it starts': 1,
  'at some moment': 2,
  'as it writes': 4,
  'as it ends': 3,
} as const;

/**
 * Resolves at one of the moments, with what that was; undefined when the goose ended before. A goose that marks its
 * writes (`writes/<task>` grows right before each) is met at one of these.
 */
export async function aMomentOf(goose: Goose, dir: string, random: Random): Promise<string | undefined> {
  const moment = random.weighted(MOMENTS);
  const someMs = random.between(0, 3_000);
  // A write takes some milliseconds from the mark to TinyTask's answer.
  const pauseMs = random.between(0, 80);
  const isAlive = () => lives(goose.pid, goose.startTime);
  switch (moment) {
    case 'as it starts':
      break;
    case 'at some moment':
      await until(() => !isAlive(), someMs);
      break;
    case 'as it writes': {
      const writes = () => sizeOf(join(dir, 'writes', String(goose.task)));
      const before = writes();
      await until(() => writes() > before || !isAlive(), LONGEST_MS);
      await sleep(pauseMs);
      break;
    }
    case 'as it ends':
      // Its worker writes back what came of it from now on.
      await until(() => !isAlive(), LONGEST_MS);
      await sleep(pauseMs);
      return moment;
  }
  return isAlive() ? moment : undefined;
}

async function until(isSo: () => boolean, longestMs: number): Promise<void> {
  const untilMs = performance.now() + longestMs;
  while (!isSo() && performance.now() < untilMs) await sleep(LOOK_MS);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
