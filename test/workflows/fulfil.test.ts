import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerTo } from '../../contract/messages.ts';
import { fulfilled, type Starting } from '../../temporal/fulfilled.ts';
import { fetch } from '../fixtures/granting-workflow.ts';
import { eventually } from '../support/eventually.ts';
import { doneBy, newGranting, startGranting } from '../support/granting.ts';
import { startLimitedServer } from '../support/limited-server.ts';

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startGranting>>;
beforeAll(async () => {
  server = await startLimitedServer({});
  worker = await startGranting(server.address);
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});

const handleOf = ({ workflowId }: Starting) => server.client.workflow.getHandle(workflowId);
const stateOf = async (it: Starting, id: string) => (await handleOf(it).query(answerTo, id)).state;
const ask = (it: Starting, what: string, id?: string) =>
  fulfilled(
    server.client,
    { ...it, wish: fetch, args: [what] },
    { withinMs: 30_000, ...(id !== undefined && { id }) },
  );

test('the same wish is done once: while it is at work, when it is answered, and after continue-as-new', async () => {
  const it = newGranting();
  const asked = [ask(it, 'slow', 'same'), ask(it, 'slow', 'same')];
  await eventually('it is at work', async () => (await stateOf(it, 'same')) === 'at-work');
  const { runId } = await handleOf(it).describe();
  // What is at work is waited for.
  await handleOf(it).signal('go-on');
  await handleOf(it).signal('release');
  expect(await Promise.all(asked)).toEqual(['slow is there', 'slow is there']);
  await eventually('it goes on as new', async () => (await handleOf(it).describe()).runId !== runId);
  expect(await ask(it, 'slow', 'same')).toBe('slow is there');
  expect(await doneBy(server.client, it)).toEqual(['slow']);
  expect(await ask(it, 'more', 'another')).toBe('more is there');
  expect(await stateOf(it, 'never-asked')).toBe('unknown');
});

test('what is refused says why, and stays refused', async () => {
  const it = newGranting();
  const refused = { name: 'Refused', type: 'no-such-schedule', message: 'there is none' };
  await expect(ask(it, 'nothing', 'one')).rejects.toMatchObject(refused);
  await expect(ask(it, 'nothing', 'one')).rejects.toMatchObject(refused);
  expect(await doneBy(server.client, it)).toEqual(['nothing']);
  await handleOf(it).signal('close');
  await expect(ask(it, 'late')).rejects.toMatchObject({ type: null, message: 'it is closed' });
  expect(await doneBy(server.client, it)).toEqual(['nothing']);
});

test.each([[7], [null], ['Not A Word'], [{ what: 'bread' }]])(
  'with %j it is not done, and who asked is told what is wrong',
  async (content) => {
    const it = newGranting();
    await expect(ask(it, content as string)).rejects.toMatchObject({
      ...{ name: 'Refused', type: null },
      message: 'fetch was asked with a wrong content: it must be a word',
    });
    expect(await doneBy(server.client, it)).toEqual([]);
  },
);

test('by hand, without an id, it is done; with an id that is none it is not, and both keep it from nothing', async () => {
  const it = newGranting();
  expect(await ask(it, 'first')).toBe('first is there');
  for (const id of [undefined, null]) await handleOf(it).signal('fetch', 'hand', id);
  for (const id of ['not an id', 7, 'x'.repeat(101)]) await handleOf(it).signal('fetch', 'never', id);
  await handleOf(it).signal('fetch', 'hand');
  expect(await ask(it, 'last')).toBe('last is there');
  expect(await doneBy(server.client, it)).toEqual(['first', 'hand', 'hand', 'hand', 'last']);
});
