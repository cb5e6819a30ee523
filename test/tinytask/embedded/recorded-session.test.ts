import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { expect, onTestFinished, test } from 'vitest';
import { embeddedTinyTask, fixture } from '../../support/tinytask.ts';

async function mcpClient(): Promise<Client> {
  const { endpoint } = await embeddedTinyTask();
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${endpoint}/mcp`)) as Transport);
  onTestFinished(() => client.close());
  return client;
}

/** Times are those of the recording, and the digits are all that may differ. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value).replaceAll(/\\"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\\"/g, String.raw`\"TIME\"`),
  );
}

test('the tools are the recorded ones', async () => {
  const client = await mcpClient();
  const { tools } = await client.listTools();
  expect({ tools }).toEqual(await fixture('tools-list.json'));
});

test('a recorded session gets the recorded answers', async () => {
  const client = await mcpClient();
  const calls = (await fixture('calls.json')) as {
    call: string;
    arguments: Record<string, unknown>;
    response: unknown;
  }[];
  for (const [index, { call, arguments: args, response }] of calls.entries()) {
    const answer = await client.callTool({ name: call, arguments: args });
    expect(withoutTimes(answer), `call ${index}: ${call} ${JSON.stringify(args)}`).toEqual(
      withoutTimes(response),
    );
  }
  expect(calls.length).toBeGreaterThan(30);
});
