import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { checkTinytask } from '../../temporal/serves.ts';
import { homeOf } from '../../tinytask/home.ts';
import { embeddedTinyTask } from '../support/tinytask.ts';

const place = (mcpEndpoint: string, stateDir: string, mcpEndpointExplicit = false) => ({
  config: { mcpEndpoint, mcpEndpointExplicit, stateDir, basePath: '/b' },
});

test('a TinyTask that was brought up says for which state directory, and is refused to others who only met it', async () => {
  const { endpoint } = await embeddedTinyTask();
  const home = await homeOf(endpoint);
  expect(home).toMatch(/^\//);
  await expect(checkTinytask(place(endpoint, home ?? ''))).resolves.toBeUndefined();
  await expect(checkTinytask(place(endpoint, '/b/state'))).rejects.toMatchObject({
    code: 'anothers-tinytask',
  });
  await expect(checkTinytask(place(endpoint, '/b/state'))).rejects.toThrow('TINYSCHEDULER_MCP_ENDPOINT');
  // Whoever names it wants it.
  await expect(checkTinytask(place(endpoint, '/b/state', true))).resolves.toBeUndefined();
});

test.each([
  ['TinyTask 2', '{"status":"healthy","sessionCount":1}'],
  ['a page', '<html>'],
  ['nonsense', '{"home":7}'],
])('any other has no home: %s', async (_, body) => {
  const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await homeOf(endpoint)).toBeUndefined();
  await expect(checkTinytask(place(endpoint, '/b/state'))).resolves.toBeUndefined();
});

test('where nothing listens there is nobody', async () => {
  expect(await homeOf('http://127.0.0.1:1')).toBeUndefined();
});
