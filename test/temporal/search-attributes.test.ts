import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENT } from '../../contract/attributes.ts';
import { localSettings } from '../../embedded/servers/ensure-temporal.ts';
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts';
import { eventually } from '../support/eventually.ts';
import { startTestServer } from '../support/temporal.ts';

let dir: string;
let server: Awaited<ReturnType<typeof startTestServer>>;
let connection: Connection;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'search-attributes-'));
  server = await startTestServer(dir);
  connection = await Connection.connect({ address: server.address });
});
afterAll(async () => {
  await connection?.close();
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
});

// A cluster's services ask each 2 s for what was added; so this can fail in `npm run test:cluster` only.
test('what was added to a namespace counts at once, also where several add it', async () => {
  const namespace = `fresh-${randomUUID()}`;
  const workflowExecutionRetentionPeriod = msToTs(7 * 86_400_000);
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  // From now on the server knows it as it is: without search attributes.
  await eventually('it is known', () => connection.workflowService.countWorkflowExecutions({ namespace }));
  const settings = { ...localSettings(server.address), namespace };
  await Promise.all([1, 2, 3].map(() => ensureSearchAttributes(settings)));
  const { workflow } = new Client({ connection, namespace });
  const typedSearchAttributes = [{ key: AGENT, value: 'ada' }];
  const started = { workflowId: 'a-run', taskQueue: 'nobody', typedSearchAttributes };
  expect(await workflow.start('nobodys', started)).toMatchObject({ workflowId: 'a-run' });
});
