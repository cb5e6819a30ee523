import { join } from 'node:path';
import { sleep } from '@temporalio/activity';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAIN_QUEUE, NOTIFIER_ID, NOTIFY_QUEUE } from '../../../contract/ids.ts';
import { notifierStatus } from '../../../contract/messages.ts';
import type { NotifierActivities } from '../../../contract/notify.ts';
import { type Condition, changesTo } from '../../../domain/notify/condition.ts';
import { messageOf } from '../../../notify/message.ts';
import { postMessage } from '../../../notify/webhook.ts';
import { ensureNotifier, notifierTrouble } from '../../../temporal/notifier.ts';
import { heartbeats } from '../../../workers/heartbeats.ts';
import { workflowSource } from '../../../workers/workflow-source.ts';
import { buildOnce, WORKFLOW_BUNDLE } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { startTestWorkers } from '../../support/test-workers.ts';

/** A history may have so many events before the server suggests to continue as new. */
const LONG = 50;
const AFTER_MS = 3_000;

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startTestWorkers>>;
let receiver: Receiver;
/** What looks find. */
let present: Condition[] = [];
/** Looks come back although nothing has changed. */
let restless = false;
/** Of messages that are tried now, the most at a time. */
let tried = 0;
let most = 0;

const activities: NotifierActivities = {
  async watchConditions({ known }) {
    for (;;) {
      const { came, missing } = changesTo(known, { present, absence: () => 'over' }, new Set());
      const seen = { came, gone: [...missing], rules: { afterMs: AFTER_MS, recovered: true } };
      if (restless || came.length + seen.gone.length > 0) return seen;
      await sleep(20);
    }
  },
  async deliverNotification(bundle) {
    tried += 1;
    most = Math.max(most, tried);
    const message = messageOf(bundle, { titles: new Map(), page: undefined });
    return postMessage({ url: receiver.url }, message).finally(() => {
      tried -= 1;
    });
  },
};

beforeAll(async () => {
  server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': LONG });
  const bundle = join(await buildOnce(), WORKFLOW_BUNDLE);
  worker = await startTestWorkers(
    server.address,
    { taskQueue: MAIN_QUEUE, ...workflowSource(bundle) },
    { taskQueue: NOTIFY_QUEUE, activities, interceptors: { activity: [heartbeats] } },
  );
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});
beforeEach(async () => {
  present = [];
  restless = false;
  receiver = await startReceiver();
  await ensureNotifier(server.client);
});
afterEach(async () => {
  await handle().terminate();
  await receiver.close();
});

const handle = () => server.client.workflow.getHandle(NOTIFIER_ID);
const runId = async () => (await handle().describe()).runId;
const lines = () => receiver.taken.map(({ message }) => `${message.state} ${message.key}`);

const parked = (taskId: number): Condition => ({
  ...{ key: `parked/${taskId}`, level: 1 },
  facts: { kind: 'parked', taskId, agent: 'ada', attempt: 1, verdict: null },
});

test('each is told once and in order, one at a time, over runs of the notifier and a receiver that is away', async () => {
  const first = await runId();
  const expected: string[] = [];
  for (let id = 1; id <= 5; id++) {
    receiver.answer(id % 2 ? 503 : 200);
    present = [parked(id)];
    const before = receiver.tries.length;
    await eventually('it is tried', () => receiver.tries.length > before);
    receiver.answer(200);
    present = [];
    expected.push(`firing parked/${id}`, `recovered parked/${id}`);
    await eventually('its end is told', () => lines().length === expected.length);
  }
  expect(lines()).toEqual(expected);
  expect(await runId()).not.toBe(first);
  const ids = receiver.taken.map(({ message }) => message.id);
  expect(new Set(ids).size).toBe(ids.length);
  // What was refused came again as it was.
  for (const { message } of receiver.tries) expect(ids).toContain(message.id);
  expect(most).toBe(1);
  expect(await handle().query(notifierStatus)).toEqual({ waiting: 0 });
});

test('its memo says since when and why nothing is delivered, and how many wait', async () => {
  receiver.answer(403);
  present = [parked(1), parked(2)];
  const { trouble } = await eventually('it is told', async () => {
    const found = await notifierTrouble(server.client);
    return found.trouble && found;
  });
  expect(trouble).toEqual({
    ...{ waiting: 2, sinceMs: expect.any(Number), problem: { why: 'status', status: 403 } },
  });
});

test('who is unwell for long enough is told of without a further look, also by the next run', async () => {
  const unwell: Condition = {
    ...{ key: 'unwell/ada', level: 1 },
    facts: { kind: 'unwell', agent: 'ada', queue: null, state: 'misconfigured' },
  };
  const sinceMs = Date.now();
  const first = await runId();
  present = [unwell];
  restless = true;
  await eventually('it has continued as new', async () => (await runId()) !== first);
  restless = false;
  await eventually('it is told', () => lines().includes('firing unwell/ada'));
  expect(Date.now() - sinceMs).toBeGreaterThanOrEqual(AFTER_MS - 500);
});
