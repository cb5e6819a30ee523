import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askForPass } from '../../client/ask-for-pass.ts';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import type { SurveyInput } from '../../contract/pass.ts';
import { eventually } from '../support/eventually.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { startStubbed, surveyResult } from '../support/stubbed-scheduler.ts';

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let client: Client;
let workers: Awaited<ReturnType<typeof startStubbed>> | undefined;
beforeAll(async () => {
  server = await startLimitedServer({});
  ({ client } = server);
});
afterAll(async () => {
  await endWorkers();
  await server?.stop();
});

let surveys = 0;
let isHeld = false;
beforeEach(() => {
  surveys = 0;
  isHeld = false;
});

async function startWorkers(): Promise<void> {
  const survey = async (input: SurveyInput) => {
    surveys += 1;
    // Throws when the worker ends: what it was at is lost, and is tried again by the next one.
    await Promise.race([eventually('the test lets go', () => !isHeld), Context.current().cancelled]);
    return surveyResult(input);
  };
  workers = await startStubbed(server.address, { survey }, { daemon: false });
}

async function endWorkers(): Promise<void> {
  await workers?.stop();
  workers = undefined;
}

const ask = (id = randomUUID(), acceptMs = 30_000) =>
  askForPass(client, { id, once: true, acceptMs, silentMs: 2_000 });

// In this order: at first there is no worker, and no scheduler.
test('where nobody is, nothing is asked, so that nobody does it later', async () => {
  const id = randomUUID();
  expect(await ask(id, 1_000)).toBeUndefined();
  await startWorkers();
  expect((await ask())?.by).toBe('stub');
  expect(surveys, 'the first one was not made').toBe(1);
  expect((await ask(id))?.by).toBe('stub');
  expect(surveys).toBe(2);
});

test('a worker that has taken it and is gone is not waited for; asked for again it is the same pass', async () => {
  const id = randomUUID();
  isHeld = true;
  const asked = ask(id, 1_000);
  await eventually('it is surveyed', () => surveys === 1);
  await endWorkers();
  expect(await asked).toBeUndefined();
  isHeld = false;
  await startWorkers();
  expect((await ask(id))?.by).toBe('stub');
  expect(surveys, 'one that was lost, and its second try').toBe(2);
});

test('a scheduler that is ended while it makes the pass: the next one makes it', async () => {
  isHeld = true;
  const asked = ask();
  await eventually('it is surveyed', () => surveys === 1);
  await client.workflow.getHandle(SCHEDULER_ID).terminate();
  isHeld = false;
  expect((await asked)?.by).toBe('stub');
  expect(surveys).toBe(2);
});
