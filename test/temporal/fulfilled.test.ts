import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fulfilled, type HowLong, type Question, Unanswered } from '../../temporal/fulfilled.ts';
import { isServed } from '../../temporal/served.ts';
import { fetch } from '../fixtures/granting-workflow.ts';
import { allowed } from '../support/allowed.ts';
import { doneBy, newGranting, startGranting } from '../support/granting.ts';
import { startLimitedServer } from '../support/limited-server.ts';

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startGranting>> | undefined;
beforeAll(async () => {
  server = await startLimitedServer({});
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});

const ask = (question: Question<string, [string]>, howLong: HowLong) =>
  fulfilled(server.client, question, howLong);
const signalsIn = async (workflowId: string) => {
  const { events } = await server.client.workflow.getHandle(workflowId).fetchHistory();
  return events?.filter((event) => event.workflowExecutionSignaledEventAttributes).length;
};

// In this order: at first there is no worker.
test('where no worker is, nobody answers in time; the same wish is answered when one comes, and done once', async () => {
  const it = newGranting();
  const asked = { ...it, wish: fetch, args: ['bread'] as [string] };
  const startedMs = performance.now();
  await expect(ask(asked, { withinMs: 1_000, id: 'one' })).rejects.toThrow(Unanswered);
  await expect(ask(asked, { withinMs: 30_000, silentMs: 500, id: 'one' })).rejects.toThrow(
    'nobody has answered within 0.5 s',
  );
  expect(performance.now() - startedMs, 'it is not waited for longer').toBeLessThan(allowed(15_000));
  const coming = ask(asked, { withinMs: 40_000, id: 'one' });
  worker = await startGranting(server.address);
  expect(await coming).toBe('bread is there');
  expect(await signalsIn(it.workflowId)).toBe(3);
  expect(await doneBy(server.client, it)).toEqual(['bread']);
});

test('whether anybody is there is found out without asking for anything', async () => {
  const it = newGranting();
  await worker?.stop();
  worker = undefined;
  expect(await isServed(server.client, it, 1_000)).toBe(false);
  const coming = isServed(server.client, it, 40_000);
  worker = await startGranting(server.address);
  expect(await coming).toBe(true);
  expect(await isServed(server.client, it, 40_000)).toBe(true);
  expect(await signalsIn(it.workflowId)).toBe(0);
  const ended = server.client.workflow.getHandle(it.workflowId);
  await ended.terminate();
  expect(await isServed(server.client, it, 40_000), 'it is started again').toBe(true);
  expect((await ended.describe()).status.name).toBe('RUNNING');
});

test('one that is not there, and is not to be started, is not found; one that is over can be asked for its answer only', async () => {
  const it = newGranting();
  const [wish, args] = [fetch, ['bread'] as [string]];
  const open = { workflowId: it.workflowId, wish, args };
  await expect(ask(open, { withinMs: 20_000 })).rejects.toThrow(WorkflowNotFoundError);
  expect(await ask({ ...it, wish, args }, { withinMs: 30_000, id: 'one' })).toBe('bread is there');
  const handle = server.client.workflow.getHandle(it.workflowId);
  await handle.signal('end');
  await handle.result();
  await expect(ask(open, { withinMs: 20_000, id: 'one' })).rejects.toThrow(WorkflowNotFoundError);
});

test('one that is at work for longer than it is waited for goes on, and its answer is there later', async () => {
  const it = newGranting();
  const asked = { ...it, wish: fetch, args: ['slow'] as [string] };
  await expect(ask(asked, { withinMs: 2_000, id: 'one' })).rejects.toThrow('nobody has answered within 2 s');
  await server.client.workflow.getHandle(it.workflowId).signal('release');
  expect(await ask(asked, { withinMs: 30_000, id: 'one' })).toBe('slow is there');
  expect(await doneBy(server.client, it)).toEqual(['slow']);
});
