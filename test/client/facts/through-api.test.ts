import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { textOfFacts } from '../../../client/facts/json.ts';
import { ThroughApi } from '../../../client/facts/through-api.ts';
import type { SchedulerClient } from '../../../client/scheduler-client.ts';
import { freePort } from '../../../os/free-port.ts';
import { allowed } from '../../support/allowed.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server of which the test says what it answers, and whether it lives. */
async function serving(
  answer: Answer,
  lives: () => boolean | 'too busy' = () => true,
): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/livez') {
      if (lives() === 'too busy') response.statusCode = 429;
      if (lives()) response.end('{}');
      return;
    }
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`);
    request.resume();
    request.on('end', () => answer(request, response));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** What a command gets, and which way it went. */
async function through(url: string, call: (scheduler: SchedulerClient) => Promise<unknown>) {
  let connections = 0;
  const here = async (): Promise<Partial<SchedulerClient>> => {
    connections += 1;
    const did = async () => 'done here' as never;
    const schedules = { runNow: did, pause: did } as unknown as SchedulerClient['schedules'];
    return {
      status: did,
      pause: did,
      retry: did,
      add: did,
      task: did,
      schedules,
      close: async () => undefined,
    };
  };
  const client = new ThroughApi({ url, mark: 'mark', token: 'tsk_1' }, here).client() as SchedulerClient;
  const got = await call(client).catch((error) => error.failure ?? error);
  await client.close();
  return { got, connections };
}

const status = (scheduler: SchedulerClient) => scheduler.status();
const pause = (scheduler: SchedulerClient) => scheduler.pause({}, { by: 'ann' });
const retry = (scheduler: SchedulerClient) => scheduler.retry(1);
const runNow = (scheduler: SchedulerClient) => scheduler.schedules.runNow('nightly');

const CALLS = { reads: status, again: pause, once: retry, 'once, of a schedule': runNow };
const NOT_KNOWN = { code: 'api-no-answer', method: expect.any(String) };

const problem =
  (status: number, body: object = { code: 'no-token' }): Answer =>
  (_, response) => {
    response.statusCode = status;
    response.end(textOfFacts(body));
  };
const hangsUp: Answer = (request) => request.socket.destroy();
const breaksOff: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{', () => response.destroy());
};

describe.each(Object.entries(CALLS))('a call that %s', (kind, call) => {
  test('is answered by the API, with its mark and token', async () => {
    const { url, asked } = await serving(({ headers }, response) => {
      response.end(textOfFacts([headers['tinyscheduler-mark'], headers.authorization, Number.NaN]));
    });
    expect(await through(url, call)).toEqual({ got: ['mark', 'Bearer tsk_1', Number.NaN], connections: 0 });
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['a guard that lets nobody in', problem(401)],
    ['a scope that is missing', problem(403)],
    ['an older server without the path', problem(404, { code: 'no-such-path' })],
    ['another configuration', problem(409, { code: 'other-configuration' })],
    ['too many requests', problem(429)],
  ])('is done here after %s', async (_, answer) => {
    const { url, asked } = await serving(answer);
    expect(await through(url, call)).toEqual({ got: 'done here', connections: 1 });
    expect(asked).toHaveLength(1);
  });

  test('is done here where nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort(0)}`;
    expect(await through(url, call)).toEqual({ got: 'done here', connections: 1 });
  });

  // Whoever was told and says nothing may have done it.
  const unknown = kind.startsWith('once') ? NOT_KNOWN : 'done here';
  test.each([
    ['hangs up', hangsUp],
    ['breaks off', breaksOff],
    ['met a defect', problem(500, { code: 'internal' })],
    ['speaks no JSON', (_: unknown, response: ServerResponse) => response.writeHead(502).end('<html>')],
  ] as [string, Answer][])('and the server %s', async (_, answer) => {
    const { url } = await serving(answer);
    expect((await through(url, call)).got).toEqual(unknown);
  });

  test('and the process hangs after it was told', async () => {
    let lives = true;
    const { url } = await serving(
      () => {
        lives = false;
      },
      () => lives,
    );
    const beganMs = performance.now();
    expect((await through(url, call)).got).toEqual(unknown);
    expect(performance.now() - beganMs).toBeLessThan(allowed(10_000));
  });

  test('and a failure has its facts', async () => {
    const failure = { code: 'no-such-agent', agent: 'eve', known: ['ada'] };
    const { url } = await serving(problem(404, { code: failure.code, begun: true, failure }));
    expect(await through(url, call)).toEqual({ got: failure, connections: 0 });
  });
});

test('a process that is asked too much lives, and is waited for', async () => {
  const { url } = await serving(
    (_, response) => void setTimeout(() => response.end(textOfFacts('done there')), 2_500),
    () => 'too busy',
  );
  const calls = Object.values(CALLS).map((call) => through(url, call));
  expect(await Promise.all(calls)).toEqual(calls.map(() => ({ got: 'done there', connections: 0 })));
});

test('to a process that hangs nothing is sent that it would do later', async () => {
  const { url, asked } = await serving(
    () => undefined,
    () => false,
  );
  for (const call of [pause, retry, runNow])
    expect(await through(url, call)).toEqual({ got: 'done here', connections: 1 });
  expect(asked).toEqual([]);
});

test('what the table does not have is done here, and so is what follows it', async () => {
  const { url, asked } = await serving(problem(200));
  const { got, connections } = await through(url, async (scheduler) => [
    await scheduler.task(1),
    await scheduler.retry(1),
    await scheduler.schedules.pause('nightly'),
  ]);
  expect([got, connections, asked]).toEqual([['done here', 'done here', 'done here'], 1, []]);
});

test('arguments that no address takes are done here', async () => {
  const { url, asked } = await serving(problem(200));
  const many = Array.from({ length: 1_000 }, () => ({ do: 'pause', agent: 'ada' }) as const);
  const client = new ThroughApi({ url, mark: 'mark' }, async () => ({
    whatIf: async () => 'done here' as never,
  }));
  expect(await (client.client() as SchedulerClient).whatIf(many)).toBe('done here');
  expect(asked).toEqual([]);
});

test('a task is added here where the API came to no server, since TinyTask alone is needed', async () => {
  const failure = { code: 'temporal-unreachable', address: 'a', named: false, text: 'no' };
  const add = (scheduler: SchedulerClient) => scheduler.add({ title: 'x' });
  for (const [begun, got] of [
    [false, 'done here'],
    [true, failure],
  ] as const) {
    const { url } = await serving(problem(503, { code: failure.code, begun, failure }));
    expect((await through(url, add)).got).toEqual(got);
  }
});
