import { createServer, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { keepConnections } from '../../api/server/connections.ts';
import { type Listening, listen, TIMES } from '../../api/server/listen.ts';
import { newToken, tokenOf } from '../../api/tokens/token.ts';
import { allowed } from '../support/allowed.ts';
import { type ApiStand, apiStand, lookOf, openTaskOf } from '../support/api-stand.ts';

let stand: ApiStand;
let server: Listening;
const paused: unknown[] = [];
let isChanging = false;
let isLarge = false;
let round = 0;

beforeAll(async () => {
  stand = apiStand({
    async look() {
      round += isChanging ? 1 : 0;
      // What is told of each change is as large as a title may be.
      const change = { title: isChanging || isLarge ? 'x'.repeat(1_000) : 'title', priority: round };
      return lookOf({ tasks: Array.from({ length: 1_000 }, (_, at) => openTaskOf(at + 1, change)) });
    },
    pause: async (what) => void paused.push(what ?? 'all'),
    resume: () => sleep(5_000),
  });
  server = await listen(stand.app, {
    host: '127.0.0.1',
    port: 0,
    times: { headersMs: 1_500, requestMs: 3_000, silentMs: 2_000 },
  });
});
afterAll(async () => {
  await server.close();
  stand.end();
});

/** A connection that is written to as it is, and what came back until it ended. */
class Raw {
  readonly socket: Socket;
  text = '';
  readonly ended: Promise<void>;

  constructor() {
    this.socket = connect(server.port, '127.0.0.1');
    this.socket.on('data', (bytes) => {
      this.text += bytes.toString();
    });
    this.socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  get status(): string {
    return /^HTTP\/1\.1 (\d+)/.exec(this.text)?.[1] ?? '';
  }

  /** What the body says, as far as it is there. */
  get problem(): unknown {
    const [, body = ''] = /\r\n\r\n.*?(\{.*\})/s.exec(this.text) ?? [];
    return body === '' ? undefined : JSON.parse(body);
  }
}

/** @param until the first answer is whole, or the connection has ended */
async function raw(request: string, until: 'answer' | 'end' = 'answer'): Promise<Raw> {
  const made = new Raw();
  made.socket.write(request);
  const isWhole = () => expect(made.text).toMatch(/\r\n\r\n.*[}\n]/s);
  await Promise.race([made.ended, ...(until === 'answer' ? [vi.waitFor(isWhole, { timeout: 60_000 })] : [])]);
  made.socket.destroy();
  return made;
}

const LOCAL = 'HTTP/1.1\r\nHost: localhost\r\n';
const GET = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n';
const POST = 'POST /api/pause HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

/** On a connection of its own, which has as long as it takes to be made: `fetch` gives up after 10 s, and uses what may just be ended. */
function asked(url: string, signal?: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { agent: false as const, ...(signal && { signal }) };
    const request = get(url, options, (answer) => {
      answer.once('error', reject).once('end', () => resolve(answer));
      answer.resume();
    });
    request.once('error', reject);
  });
}

async function isAlive(): Promise<void> {
  const { statusCode } = await asked(`${server.url}/livez`, AbortSignal.timeout(allowed(5_000)));
  expect(statusCode).toBe(200);
}

test.each([
  ['a name that was made to lead here', 'GET /api/state HTTP/1.1\r\nHost: evil.example\r\n\r\n', '421'],
  [
    'a name in the line of the request',
    'GET http://evil.example/api/state HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    '421',
  ],
  ['no host', 'GET /api/state HTTP/1.1\r\n\r\n', '400'],
  ['a host that is no name', 'GET /api/state HTTP/1.1\r\nHost: a/b@c\r\n\r\n', '4\\d\\d'],
  ['what is no HTTP', 'SSH-2.0-x\r\n\r\n', '400'],
  ['a path that leads up', 'GET /api/tasks/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', '404'],
  [
    'a path that leads up in disguise',
    'GET /api/tasks/%2e%2e/%2e%2e/etc HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '404',
  ],
  [
    'an agent that would be all of them',
    `${POST.replace('/api/pause', '/api/agents/%2e%2e/pause')}Content-Length: 0\r\n\r\n`,
    '404',
  ],
  [
    'a schedule that would be all of them',
    `${POST.replace('/api/pause', '/api/schedules/..%2f..%2fetc/run-now')}Content-Length: 0\r\n\r\n`,
    '404',
  ],
  [
    'a schedule to delete that leads up',
    'DELETE /api/schedules/%2e%2e/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '404',
  ],
  [
    'a schedule to delete whose name ends early',
    'DELETE /api/schedules/a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '400',
  ],
  ['a body that is said to be too large', `${POST}Content-Length: 99999999\r\n\r\n`, '413'],
  ['two lengths', `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, '400'],
  ['a length and chunks', `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, '400'],
  ['one header that floods', `${GET}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, '431'],
  [
    'many headers that flood',
    `${GET}${Array.from({ length: 900 }, (_, at) => `X-${at}: a\r\n`).join('')}\r\n`,
    '431',
  ],
  [
    'many small headers',
    `${GET}${Array.from({ length: 150 }, (_, at) => `X-${at}: a\r\n`).join('')}\r\n`,
    '431',
  ],
  ['a name in the first line, and ours as the host', `GET http://evil.example/api/state ${LOCAL}\r\n`, '421'],
  ['two hosts', `GET /livez ${LOCAL}Host: evil.example\r\n\r\n`, '4\\d\\d'],
  ['no host of HTTP/1.0', 'GET /api/state HTTP/1.0\r\n\r\n', '400'],
  ['another host of HTTP/1.0', 'GET /api/state HTTP/1.0\r\nHost: evil.example\r\n\r\n', '421'],
  ['two tokens', `GET /api/state ${LOCAL}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`, '401'],
  ['two types', `${POST}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`, '415'],
  ['chunks and a length', `${POST}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n`, '400'],
  ['a length with a sign', `${POST}Content-Length: +2\r\n\r\n{}`, '400'],
  ['a length below 0', `${POST}Content-Length: -1\r\n\r\n{}`, '400'],
  ['a space before the colon', `${POST}Content-Length : 2\r\n\r\n{}`, '400'],
  ['an encoding that hides chunks', `${POST}Transfer-Encoding: x, chunked, identity\r\n\r\n0\r\n\r\n`, '400'],
  ['a header on two lines', `GET /livez ${LOCAL}X-A: a\r\n b\r\n\r\n`, '(200|400)'],
  ['lines that end otherwise', `GET /livez HTTP/1.1\nHost: localhost\nX-A: a\rX-B: b\n\n`, '400'],
  ['a zero byte in a header', `GET /livez ${LOCAL}X-A: a\0b\r\n\r\n`, '400'],
  ['a zero byte in the path', `GET /livez\0 ${LOCAL}\r\n`, '400'],
  ['a method that is none', `STEAL /livez ${LOCAL}\r\n`, '400'],
  ['a trace', `TRACE /livez ${LOCAL}\r\n`, '4\\d\\d'],
  ['everything', `OPTIONS * ${LOCAL}\r\n`, '4\\d\\d'],
  ['a newer HTTP', `GET /livez HTTP/3.0\r\nHost: localhost\r\n\r\n`, '400'],
  ['a line as long as a book', `GET /${'a'.repeat(20_000)} ${LOCAL}\r\n`, '431'],
  [
    'an id of events that is none',
    `GET /api/events ${LOCAL}Last-Event-ID: ${'9'.repeat(5_000)}\r\n\r\n`,
    '400',
  ],
  ['a token in the path', `GET /api/tasks/tsk_0a1b2c3d_x ${LOCAL}\r\n`, '400'],
])('%s is refused, with a code and a next step', async (_, request, status) => {
  const { status: answered, problem } = await raw(request);
  expect(answered).toMatch(new RegExp(`^${status}$`));
  if (answered !== '200')
    expect(problem).toMatchObject({
      ...{
        status: Number(answered),
        code: expect.stringMatching(/^[a-z-]+$/),
        allowed: expect.toBeOneOf([null, expect.any(Array)]),
      },
      next_step: expect.stringMatching(/.{3}/),
    });
  expect(paused).toEqual([]);
  await isAlive();
});

test.each([
  ['what is asked in full of ourselves', `GET http://localhost/livez ${LOCAL}\r\n`],
  ['HTTP/1.0 with a host', 'GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n'],
  ['whoever expects something', `GET /livez ${LOCAL}Expect: a-cake\r\n\r\n`],
  ['whoever wants another protocol', `GET /livez ${LOCAL}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
])('%s is answered', async (_, request) => {
  expect((await raw(request)).status).toBe('200');
});

test('what is behind a request that is refused is no request of its own', async () => {
  const hidden = `${POST.replace('/api/pause', '/api/agents/ada/pause')}Content-Length: 0\r\n\r\n`;
  for (const first of [
    // Refused before its body is read.
    `${POST.replace('application/json', 'text/plain')}Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `POST /api/nothing ${LOCAL}Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `GET /livez ${LOCAL}Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `POST /api/pause ${LOCAL}Authorization: Bearer x\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `${POST}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n${hidden}`,
  ]) {
    const { text } = await raw(`${first}GET /livez ${LOCAL}Connection: close\r\n\r\n`, 'end');
    expect(text).not.toContain('"after"');
  }
  expect(paused).toEqual([]);
});

test('1,000 requests at once are answered, each with an id of its own', async () => {
  // With the times that it has in use.
  const times = {
    ...TIMES,
    headersMs: allowed(TIMES.headersMs),
    requestMs: allowed(TIMES.requestMs),
  };
  const busy = await listen(stand.app, { host: '127.0.0.1', port: 0, times });
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, at) => {
      const path = ['/livez', '/api/state', '/api/tasks?limit=5', '/api/agents'][at % 4];
      const { statusCode, headers } = await asked(`${busy.url}${path}`);
      return [statusCode, headers['x-request-id']] as const;
    }),
  );
  await busy.close();
  expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(([, id]) => id)).size).toBe(1_000);
});

test('a client of events that does not read is dropped on the wire, and those that read are told all', async () => {
  const deaf = new Raw();
  deaf.socket.pause();
  deaf.socket.write(`GET /api/events ${LOCAL}\r\n`);
  const abort = new AbortController();
  const answer = await fetch(`${server.url}/api/events`, { signal: abort.signal });
  let bytes = 0;
  const reading = (async () => {
    for await (const piece of answer.body ?? []) bytes += piece.length;
  })().catch(() => undefined);
  await vi.waitFor(() => expect(stand.hub.listeners).toBe(2), { timeout: 60_000 });
  isChanging = true;
  await vi.waitFor(() => expect(stand.hub.listeners).toBe(1), { timeout: 60_000 });
  const before = bytes;
  await vi.waitFor(() => expect(bytes).toBeGreaterThan(before), { timeout: 60_000 });
  isChanging = false;
  abort.abort();
  await reading;
  // Its connection goes as well, when nothing has moved for a while.
  await sleep(2_500);
  deaf.socket.resume();
  await deaf.ended;
});

test('a body that never ends is cut off', async () => {
  const made = new Raw();
  made.socket.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const writing = setInterval(() => made.socket.write(chunk), 5);
  await made.ended;
  clearInterval(writing);
  expect(made.status).toBe('413');
  await isAlive();
});

test('headers and bodies that come drop by drop end after their time', async () => {
  const headers = new Raw();
  headers.socket.write('GET /livez HTTP/1.1\r\nHost: local');
  const body = new Raw();
  body.socket.write(`${POST}Content-Length: 1000\r\n\r\n`);
  const drops = setInterval(() => {
    headers.socket.write('h');
    body.socket.write('{');
  }, 300);
  const beganMs = performance.now();
  await headers.ended;
  const headersMs = performance.now() - beganMs;
  await body.ended;
  clearInterval(drops);
  expect([headers.status, body.status]).toEqual(['408', '408']);
  expect(headersMs).toBeLessThan(allowed(8_000));
  expect(performance.now() - beganMs).toBeLessThan(allowed(12_000));
});

test('what takes long is answered; who does not read an answer is not waited for', async () => {
  const slow = new Raw();
  slow.socket.write(`${POST.replace('/api/pause', '/api/resume')}Content-Length: 0\r\n\r\n`);
  // More than the system keeps for a connection.
  isLarge = true;
  const deaf = new Raw();
  deaf.socket.pause();
  for (let time = 0; time < 15; time += 1)
    deaf.socket.write('GET /api/tasks?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const beganMs = performance.now();
  await vi.waitFor(() => expect(slow.status).toBe('200'), { timeout: 60_000 });
  expect(performance.now() - beganMs).toBeGreaterThan(4_500);
  // Its end is behind what it has not read.
  await sleep(6_000);
  deaf.socket.resume();
  await deaf.ended;
  isLarge = false;
  expect(deaf.text.split('next_cursor').length).toBeLessThan(16);
  await isAlive();
});

test('500 idle connections keep nobody out, and are ended', async () => {
  const idle = Array.from({ length: 500 }, () => new Raw());
  await Promise.all(idle.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
  for (let time = 0; time < 5; time += 1) await isAlive();
  await Promise.all(idle.map(({ ended }) => ended));
  await isAlive();
});

test('beyond the bound, who has been idle for longest makes room; who has a request does not', async () => {
  const slow = createServer((_, response) => void setTimeout(() => response.end('done'), 1_500));
  const endAll = keepConnections(slow, 3);
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const { port } = slow.address() as { port: number };
  const open = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };
  const busy = await open();
  busy.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let answer = '';
  busy.on('data', (bytes) => {
    answer += bytes.toString();
  });
  await sleep(100);
  const first = await open();
  const second = await open();
  const gone = new Promise((resolve) => first.once('close', resolve));
  const third = await open();
  await gone;
  await vi.waitFor(() => expect(answer).toContain('done'), { timeout: 60_000 });
  expect([second.destroyed, third.destroyed]).toEqual([false, false]);
  endAll();
  await new Promise((resolve) => slow.close(resolve));
});

test('a stream of events on the wire: it begins, it is dropped where nobody reads, and others go on', async () => {
  const abort = new AbortController();
  const answer = await fetch(`${server.url}/api/events`, { signal: abort.signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = answer.body?.getReader();
  let text = '';
  while (!text.includes('event: snapshot'))
    text += Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(stand.hub.listeners).toBe(1);
  abort.abort();
  await vi.waitFor(() => expect(stand.hub.listeners).toBe(0), { timeout: 60_000 });
  const head = await fetch(`${server.url}/api/events`, { method: 'HEAD' });
  expect([head.status, stand.hub.listeners]).toEqual([200, 0]);
});

test('how long a wrong token takes tells nothing of how wrong it is', () => {
  const { token, text } = newToken({ name: 'a', scope: 'read', createdMs: 0, expiresMs: null });
  const tokens = [token];
  const [, id = ''] = text.split('_');
  const near = `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`;
  const far = `tsk_${id}_${'A'.repeat(43)}`;
  const times = { near: [] as number[], far: [] as number[] };
  const kinds = [
    ['near', near],
    ['far', far],
  ] as const;
  for (let round = 0; round < 6_000; round += 1) {
    // In turns, so that whatever else the machine does meets both.
    for (const [kind, wrong] of round % 2 === 0 ? kinds : [...kinds].reverse()) {
      const beganNs = process.hrtime.bigint();
      const found = tokenOf(wrong, tokens, 1);
      times[kind].push(Number(process.hrtime.bigint() - beganNs));
      if (found !== undefined) throw new Error('a wrong token was taken');
    }
  }
  const median = (all: number[]) => all.sort((a, b) => a - b)[all.length / 2] ?? 0;
  const [slow, fast] = [median(times.near), median(times.far)];
  expect(Math.abs(slow - fast) / Math.max(slow, fast)).toBeLessThan(0.25);
});
