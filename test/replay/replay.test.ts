import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { readHistory } from './history-file.ts';
import { namesIn, WANTED } from './wanted.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));
const HISTORIES = readdirSync(FOLDER);

let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  quietRuntime();
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
});

test('there is a history of everything that is wanted', () => {
  expect(HISTORIES.flatMap(namesIn).sort()).toEqual(WANTED.toSorted());
});

// A workflow that decides otherwise than it did then would leave the open runs of every user stuck.
test.each(HISTORIES)('%s', async (name) => {
  const history = readHistory(`${FOLDER}${name}`);
  const [started] = history.events ?? [];
  // Some read their own id; without it they would be replayed under that of nobody.
  const id = started?.workflowExecutionStartedEventAttributes?.workflowId ?? undefined;
  await Worker.runReplayHistory({ workflowBundle }, history, id);
});
