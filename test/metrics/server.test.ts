import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Serving, serveText } from '../../metrics/server.ts';

let serving: Serving;
let asked = 0;
let fails = false;
beforeAll(async () => {
  serving = await serveText({
    ...{ host: '127.0.0.1', port: 0, names: ['metrics.example'] },
    async text() {
      asked += 1;
      await sleep(50);
      if (fails) throw new Error('secret');
      return 'a 1\n';
    },
  });
});
afterAll(() => serving.close());

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

function ask(
  path: string,
  { method = 'GET', host }: { method?: string; host?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host: host ?? `127.0.0.1:${serving.port}` };
    const about = { host: '127.0.0.1', port: serving.port, path, method, headers, agent: false } as const;
    const sent = request(about, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test.each<[string, string, { method?: string; host?: string }, number, string]>([
  ['a scrape', '/metrics', {}, 200, 'a 1\n'],
  ['with a query', '/metrics?x=1', {}, 200, 'a 1\n'],
  ['HEAD', '/metrics', { method: 'HEAD' }, 200, ''],
  ['a name of ours', '/metrics', { host: 'metrics.example:9596' }, 200, 'a 1\n'],
  ['another path', '/metrics/x', {}, 404, 'There is /metrics only.\n'],
  ['the root', '/', {}, 404, 'There is /metrics only.\n'],
  ['POST', '/metrics', { method: 'POST' }, 405, 'It can be read only.\n'],
  ['DELETE', '/metrics', { method: 'DELETE' }, 405, 'It can be read only.\n'],
  [
    'a name that was made to lead here',
    '/metrics',
    { host: 'evil.example' },
    421,
    'The host is another one.\n',
  ],
  ['no host that can be read', '/metrics', { host: 'a b@c' }, 421, 'The host is another one.\n'],
  ['another host in the first line', 'http://evil.example/metrics', {}, 421, 'The host is another one.\n'],
])('%s', async (_, path, how, status, body) => {
  const answer = await ask(path, how);
  expect([answer.status, answer.body]).toEqual([status, body]);
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  expect(answer.headers.allow).toBe(status === 405 ? 'GET, HEAD' : undefined);
});

test('many at once are one look', async () => {
  await sleep(1_100);
  const before = asked;
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask('/metrics')));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(asked - before).toBe(1);
});

test('what fails is answered, and says nothing of why', async () => {
  await sleep(1_100);
  fails = true;
  const answer = await ask('/metrics');
  fails = false;
  expect([answer.status, answer.body]).toEqual([500, 'The metrics could not be told.\n']);
  expect((await ask('/metrics')).status).toBe(200);
});

test('what is no HTTP, and connections that only wait, keep nobody out', async () => {
  const idle = Array.from({ length: 80 }, () =>
    connect(serving.port, '127.0.0.1').on('error', () => undefined),
  );
  await Promise.all(idle.map((each) => once(each, 'connect')));
  const broken = connect(serving.port, '127.0.0.1').on('error', () => undefined);
  broken.write('\u0000\r\n\r\n');
  expect((await ask('/metrics')).status).toBe(200);
  for (const each of [...idle, broken]) each.destroy();
});
