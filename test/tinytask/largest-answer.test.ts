import { expect, onTestFinished, test } from 'vitest';
import { openConnections } from '../../tinytask/connections.ts';
import { SseTransport } from '../../tinytask/sse-transport.ts';
import { answeringServer } from '../support/answering-server.ts';
import { startTinyTask1 } from '../support/tinytask-1.ts';

const LARGEST = 50_000;

test('an answer without an end is given up', async () => {
  const { endpoint } = await answeringServer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write(' '.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  const connections = openConnections(5_000, LARGEST);
  onTestFinished(() => connections.destroy());
  const asked = connections.fetch(endpoint, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
  });
  await expect(asked).rejects.toMatchObject({
    kind: 'broken-reply',
    message: expect.stringMatching('more than 0.05 MB'),
  });
});

test('so is an event of a stream', async () => {
  const server = await startTinyTask1({
    instead: (_tool, stream) => {
      stream.write(`data: ${' '.repeat(2 * LARGEST)}`);
      return 'nothing';
    },
  });
  const connections = openConnections(5_000, LARGEST);
  onTestFinished(() => connections.destroy());
  const transport = new SseTransport({
    url: new URL(`${server.endpoint}/mcp`),
    ...{ connections, deadlineMs: 5_000, largest: LARGEST },
  });
  const closed = new Promise<void>((resolve) => {
    transport.onclose = resolve;
  });
  await transport.start();
  await transport.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_tasks' } });
  await closed;
  expect(transport.failure).toMatchObject({
    kind: 'broken-reply',
    message: expect.stringMatching('more than 0.05 MB'),
  });
});
