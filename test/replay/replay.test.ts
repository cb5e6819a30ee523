import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { type History, readHistory } from './history-file.ts';
import { Replayer } from './replayer.ts';
import { namesIn, WANTED } from './wanted.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));
const HISTORIES = readdirSync(FOLDER);

let replayer: Replayer;
beforeAll(async () => {
  quietRuntime();
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  const bundle = await bundleWorkflowCode({
    // As scripts/bundle-workflows.mjs makes it.
    ...{ workflowsPath, preloadModules: [workflowsPath] },
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  replayer = new Replayer(bundle);
});
afterAll(() => replayer?.stop());

test('there is a history of everything that is wanted', () => {
  expect(HISTORIES.flatMap(namesIn).sort()).toEqual(WANTED.toSorted());
});

// A workflow that decides otherwise than it did then would leave the open runs of every user stuck.
test.each(HISTORIES)('%s', async (name) => {
  await replayer.replay(readHistory(`${FOLDER}${name}`));
});

// While hosts are upgraded one after the other, a worker of an earlier version gets fields that it does not know.
describe('what a worker has not heeded is not heeded in its history', () => {
  const FAR = 9_000_000_000_000;
  test.each<[field: string, name: string, change: (payload: Json) => Json]>([
    [
      'the fence of a found run',
      'semaphore-rebuilds-itself',
      (payload) => (Array.isArray(payload) ? payload.map((run) => ({ ...run, fence: FAR })) : payload),
    ],
    [
      'the first fence of a semaphore',
      'semaphore-hears-that-a-model-answers',
      (payload) => ('fresh' in payload ? { ...payload, fencesFrom: FAR } : payload),
    ],
    [
      'that an edit keeps what remains',
      'schedule-is-over-and-comes-back',
      (payload) => ('expects' in payload ? { ...payload, keepRemaining: true } : payload),
    ],
  ])('%s', async (_, name, change) => {
    const file = HISTORIES.find((each) => namesIn(each).includes(name)) ?? '';
    const history = readHistory(`${FOLDER}${file}`);
    const changed = withPayloads(history, change);
    expect(changed).toBeGreaterThan(0);
    await replayer.replay(history);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: whatever it is
type Json = any;

/** Changes what came to a workflow from outside, in place. Says how many payloads are others now. */
function withPayloads({ events }: History, change: (payload: Json) => Json): number {
  let changed = 0;
  for (const event of events ?? []) {
    const payloads = [
      ...(event.workflowExecutionStartedEventAttributes?.input?.payloads ?? []),
      ...(event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? []),
      ...(event.activityTaskCompletedEventAttributes?.result?.payloads ?? []),
    ];
    for (const payload of payloads) {
      const text = Buffer.from(payload.data ?? []).toString();
      const before: Json = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined;
      if (before === undefined) continue;
      const after = JSON.stringify(change(before));
      if (after === text) continue;
      payload.data = Buffer.from(after);
      changed += 1;
    }
  }
  return changed;
}
