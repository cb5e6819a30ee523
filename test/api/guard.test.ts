import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { register, writes } from '../../api/routes/route.ts';
import { tokenPath } from '../../api/tokens/token-file.ts';
import { allowed } from '../support/allowed.ts';
import { apiStand, lookOf } from '../support/api-stand.ts';
import { endedAfterEach } from '../support/ended-after-each.ts';

const standing = endedAfterEach(apiStand);

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
async function codeOf(answer: Response): Promise<[number, string]> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { code, request_id: id } = (await answer.json()) as { code: string; request_id: string };
  expect(answer.headers.get('x-request-id')).toBe(id);
  return [answer.status, code];
}

describe('who gets in', () => {
  test('this machine reads and operates without a token, and does not set limits', async () => {
    const stand = standing();
    expect((await stand.ask('/api/state')).status).toBe(200);
    expect((await stand.post('/api/pause', { dry_run: true })).status).toBe(200);
    expect(await codeOf(await stand.post('/api/agents/ada/limit', { slots: 2 }))).toEqual([
      403,
      'scope-missing',
    ]);
  });

  test.each([
    ['from elsewhere', { remote: '10.0.0.9' }, {}],
    ['through a proxy', { headers: { 'x-forwarded-for': '10.0.0.9' } }, {}],
    ['through a proxy that tells little', { headers: { 'x-forwarded-proto': 'https' } }, {}],
    ['through the proxy of a provider', { headers: { 'cf-connecting-ip': '10.0.0.9' } }, {}],
    ['where a token is demanded', {}, { tokenRequired: true }],
    ['from nobody knows where', { remote: 'unknown' }, {}],
  ])('%s nobody gets in without a token', async (_, init, settings) => {
    const stand = standing({}, settings);
    const answer = await stand.ask('/api/state', init);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await codeOf(answer)).toEqual([401, 'no-token']);
    const headers = { ...(init as { headers?: object }).headers, ...bearer(await stand.token('read')) };
    expect((await stand.ask('/api/state', { ...init, headers })).status).toBe(200);
  });

  test('every route but those about itself needs a scope, and what writes needs more than read', async () => {
    const stand = standing({}, { tokenRequired: true });
    const read = await stand.token('read');
    const open = stand.routes.filter(({ scope }) => scope === 'open').map(({ path }) => path);
    expect(open).toEqual(['/livez', '/readyz', '/', '/page/{name}']);
    for (const { method, path, scope, asksOnly } of stand.routes) {
      if (scope === 'open') continue;
      const at = path.replace('{id}', '1').replace('{name}', 'ada');
      const init = { method: method.toUpperCase() };
      expect([at, ...(await codeOf(await stand.ask(at, init)))]).toEqual([at, 401, 'no-token']);
      if (!writes({ method, ...(asksOnly && { asksOnly }) })) continue;
      expect([at, ...(await codeOf(await stand.ask(at, { ...init, headers: bearer(read) })))]).toEqual([
        at,
        403,
        'scope-missing',
      ]);
    }
    // All paths of the app are those that were registered: none came in at another place.
    const known = new Set([...stand.routes.map(({ path }) => path), '/openapi.json', '/docs', '/mcp']);
    const paths = stand.app.routes.map(({ path }) => path).filter((path) => path !== '/*');
    expect(new Set(paths.map((path) => path.replace(/:(\w+)/g, '{$1}')))).toEqual(known);
  });

  test('a route without a scope, or one that writes for readers, cannot be registered', () => {
    const stand = standing();
    const [first] = stand.routes;
    if (first === undefined) throw new Error('no routes');
    expect(() => register(stand.app, { ...first, path: '/x', scope: undefined as never })).toThrow(
      'no scope',
    );
    expect(() => register(stand.app, { ...first, path: '/x', method: 'post', scope: 'read' })).toThrow(
      'scope is read',
    );
  });

  test('tokens: revoked, over, altered, of another scheme', async () => {
    const stand = standing();
    const token = await stand.token('read');
    const over = await stand.token('read', { expiresMs: Date.now() - 1 });
    const altered = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    const ask = async (authorization: string) => stand.ask('/api/state', { headers: { authorization } });
    expect((await ask(`Bearer ${token}`)).status).toBe(200);
    for (const wrong of [`Bearer ${over}`, `Bearer ${altered}`, 'Bearer x', 'Bearer', `Basic ${token}`, ''])
      expect([wrong, ...(await codeOf(await ask(wrong)))]).toEqual([wrong, 401, 'wrong-token']);
    writeFileSync(tokenPath(stand.stateDir), '[]', { mode: 0o600 });
    expect(await codeOf(await ask(`Bearer ${token}`))).toEqual([401, 'wrong-token']);
  });

  test('a file of tokens that others may write counts for nothing, and it is said once', async () => {
    const stand = standing();
    const token = await stand.token('admin');
    chmodSync(tokenPath(stand.stateDir), 0o666);
    for (let time = 0; time < 3; time += 1)
      expect((await stand.ask('/api/state', { headers: bearer(token) })).status).toBe(401);
    const problems = stand.told.filter(({ what }) => what === 'problem');
    expect(problems).toMatchObject([{ problem: expect.stringContaining('chmod 600') }]);
  });

  test('a token in the address is refused, whatever it is called', async () => {
    const stand = standing();
    const token = await stand.token('read');
    for (const query of [`token=${token}`, 'access_token=x', 'API_KEY=x', `phase=${token}`])
      expect([query, ...(await codeOf(await stand.ask(`/api/tasks?${query}`)))]).toEqual([
        query,
        400,
        'token-in-query',
      ]);
    const paths = stand.told.flatMap((event) => (event.what === 'answered' ? [event.path] : []));
    expect(paths.join()).not.toContain('tsk_');
  });

  test('a token in a path is refused, and no log has it', async () => {
    const stand = standing();
    const token = await stand.token('read');
    const [, , secret = ''] = token.split('_');
    const hidden = token.replaceAll('_', '%5F').replace('t', '%74');
    for (const path of [
      `/api/tasks/${token}`,
      `/${token}`,
      `/api/agents/${hidden}/pause`,
      `/x/${hidden.replaceAll('%', '%25')}`,
    ])
      expect([path, ...(await codeOf(await stand.ask(path)))]).toEqual([path, 400, 'token-in-query']);
    // Nor one that was sent where it belongs, or where it does not.
    await stand.post(`/api/tasks?x=${token}`, { title: token }, bearer(token));
    await stand.ask('/api/state', { headers: { ...bearer(token), 'last-event-id': token, cookie: token } });
    expect(stand.told.length).toBeGreaterThan(5);
    expect(JSON.stringify(stand.told)).not.toContain(secret.slice(0, 10));
  });

  test('wrong tokens are limited for each address, and right ones are not held up by them', async () => {
    const stand = standing();
    const token = await stand.token('read');
    const codes: string[] = [];
    for (let time = 0; time < 30; time += 1)
      codes.push((await codeOf(await stand.ask('/api/state', { headers: bearer('x') })))[1]);
    expect(new Set(codes)).toEqual(new Set(['wrong-token', 'too-many-requests']));
    expect((await stand.ask('/api/state', { headers: bearer(token) })).status).toBe(200);
  });

  test('requests of one caller are limited, with Retry-After', async () => {
    const stand = standing({}, { perMinute: 40 });
    const token = await stand.token('read');
    const statuses: number[] = [];
    for (let time = 0; time < 12; time += 1) statuses.push((await stand.ask('/livez')).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
    expect((await stand.ask('/livez')).headers.get('retry-after')).toBe('2');
    expect((await stand.ask('/livez', { headers: bearer(token) })).status).toBe(200);
  });
});

describe('from where', () => {
  test.each([
    'localhost',
    'localhost:1',
    '127.0.0.1:9595',
    '[::1]:9595',
    '192.168.1.7',
    'mine.example:80',
    'LOCALHOST.',
  ])('the host %s is one of this server', async (host) => {
    const stand = standing({}, { names: ['mine.example'] });
    expect((await stand.ask('/livez', { headers: { host } })).status).toBe(200);
  });

  test.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:9595',
    '',
    '127.0.0.1.evil.example',
    'a b',
    'localhost:x',
  ])('the host %s is not: a name was made to lead here', async (host) => {
    const stand = standing({}, { names: ['mine.example'] });
    expect(await codeOf(await stand.ask('/livez', { headers: { host } }))).toEqual([421, 'wrong-host']);
  });

  test.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:3000' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
  ])('pages of other origins may not: %o', async (headers) => {
    const stand = standing();
    const answer = await stand.post('/api/pause', {}, headers as Record<string, string>);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await codeOf(answer)).toEqual([403, 'wrong-origin']);
  });

  test('our own page may, and an origin that is named', async () => {
    const stand = standing({}, { origins: ['https://mine.example'] });
    const own = { origin: 'http://localhost:9595', 'sec-fetch-site': 'same-origin' };
    expect(
      (await stand.ask('/api/state', { headers: own })).headers.get('access-control-allow-origin'),
    ).toBeNull();
    const headers = { origin: 'https://mine.example', 'sec-fetch-site': 'cross-site' };
    const named = await stand.ask('/api/state', { headers });
    expect([named.status, named.headers.get('access-control-allow-origin')]).toEqual([200, headers.origin]);
    expect(named.headers.get('vary')).toBe('origin');
    expect(named.headers.get('access-control-expose-headers')).toContain('etag');
    // It reads why it was refused, too.
    const refused = await stand.ask('/api/state', { headers: { ...headers, ...bearer('x') } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      401,
      headers.origin,
    ]);
    const other = { ...headers, origin: 'https://mine.example.evil.example' };
    const asked = await stand.ask('/api/pause', { method: 'OPTIONS', headers: other });
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([403, null]);
    const before = await stand.ask('/api/pause', { method: 'OPTIONS', headers });
    expect([before.status, before.headers.get('access-control-allow-methods')]).toEqual([
      204,
      expect.stringContaining('POST'),
    ]);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    '',
  ])('a form of another site cannot be %s', async (type) => {
    const stand = standing();
    const answer = await stand.ask('/api/pause', {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{}',
    });
    expect(await codeOf(answer)).toEqual([415, 'wrong-content-type']);
  });
});

test.each([undefined, ''])(
  'what has no body needs no type; a page of another site is refused all the same: %j',
  async (body) => {
    const all: RequestInit = { method: 'POST', ...(body !== undefined && { body: new Uint8Array() }) };
    const paused = async () => lookOf({ status: { paused: true } });
    const stand = standing({ pause: async () => undefined, look: paused });
    expect((await stand.ask('/api/pause', all)).status).toBe(200);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await stand.ask('/api/pause', { ...all, headers: headers as Record<string, string> });
      expect(await codeOf(answer)).toEqual([403, 'wrong-origin']);
    }
  },
);

describe('what is sent', () => {
  test.each([
    ['a text that does not end', `{"note":"${'\\\\"'.repeat(500_000)}`.slice(0, 1_000_000)],
    ['many texts that do not end', `"${'\\"'.repeat(500_000)}`],
    ['long text', `{"note":"${'\\\\'.repeat(400_000)}"}`],
    ['spaces', `{"note":${' '.repeat(1_000_000)}`],
    ['quotes', '"'.repeat(1_000_000)],
  ])('%s is read once, however it was made', async (_, body) => {
    const stand = standing();
    const beganMs = performance.now();
    expect(await codeOf(await stand.post('/api/pause', body))).toEqual([400, 'bad-request']);
    expect(performance.now() - beganMs).toBeLessThan(allowed(2_000));
  });

  test('what is in texts counts for neither depth nor number', async () => {
    const stand = standing({ pause: async () => undefined });
    const note = `${'[{'.repeat(200)}\\" , ${'\\\\'}`;
    expect((await stand.post('/api/pause', { dry_run: true, note })).status).toBe(200);
    const deep = (levels: number) => `{"note":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(await codeOf(await stand.post('/api/pause', deep(19)))).toEqual([400, 'bad-request']);
    expect(await codeOf(await stand.post('/api/pause', deep(20)))).toEqual([413, 'body-too-deep']);
  });

  test.each([
    ['no JSON', '{', 400, 'bad-request'],
    ['another kind of JSON', '[]', 400, 'bad-request'],
    ['an unknown key', '{"queeu":"dev"}', 400, 'bad-request'],
    ['a key that is none of ours', '{"__proto__":{"dry_run":true}}', 400, 'bad-request'],
    ['a name that is a path', '{"queue":"../../etc"}', 400, 'bad-request'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'bad-request'],
    ['nested deeply', `{"note":${'['.repeat(400_000)}`, 413, 'body-too-deep'],
    ['many values', `{"note":[${'1,'.repeat(20_000)}1]}`, 413, 'body-too-deep'],
    ['too large', `{"note":"${'x'.repeat(1_100_000)}"}`, 413, 'body-too-large'],
  ])('%s is refused', async (_, body, status, code) => {
    const stand = standing();
    const headers = { 'content-type': 'application/json' };
    const answer = await stand.ask('/api/pause', { method: 'POST', headers, body: body as string });
    expect(await codeOf(answer)).toEqual([status, code]);
  });

  test.each([
    '/api/tasks/..%2f..%2fetc%2fpasswd',
    '/api/tasks/0',
    '/api/tasks/1e3',
    '/api/tasks/1%00',
    '/api/tasks/9999999999999999',
    '/api/tasks/-1/log',
    '/api/tasks/..%5c..%5c/explain',
    '/api/tasks/1/log?from=../../etc/passwd',
    '/api/tasks/1/log?attempt=..%2f1',
    '/api/tasks/1/log?path=/etc/passwd',
    '/api/tasks?limit=1&limit=2',
    '/api/tasks?limit=',
    '/api/tasks?cursor=..%2f..%2f',
    '/api/tasks?agent=..',
    '/api/report?status=idle,../x',
  ])('%s names nothing', async (path) => {
    const stand = standing();
    const [status, code] = await codeOf(await stand.ask(path));
    expect([400, 404]).toContain(status);
    expect(['bad-request', 'wrong-cursor', 'no-such-path']).toContain(code);
  });

  test.each(['..%2fada', 'a%20b', '__proto__', 'constructor', 'x'.repeat(65)])(
    'the agent %s is none',
    async (name) => {
      const stand = standing();
      const [status] = await codeOf(await stand.post(`/api/agents/${name}/pause`));
      expect([400, 404]).toContain(status);
    },
  );

  test('what there is not, and what is there for another method', async () => {
    const stand = standing();
    expect(await codeOf(await stand.ask('/api/nothing'))).toEqual([404, 'no-such-path']);
    const other = await stand.ask('/api/pause');
    expect([other.headers.get('allow'), ...(await codeOf(other))]).toEqual(['POST', 405, 'wrong-method']);
    const get = await stand.ask('/api/state', { method: 'DELETE' });
    expect([get.headers.get('allow'), get.status]).toEqual(['GET, HEAD', 405]);
    expect((await stand.ask('/api/state/')).status).toBe(200);
  });
});

test('what writes is in the log, with who it was; what only reads is not said so loudly', async () => {
  const stand = standing({ pause: async () => undefined });
  const token = await stand.token('operate', { name: 'ci' });
  await stand.ask('/api/state');
  await stand.post('/api/pause', { note: 'night' }, bearer(token));
  const answered = stand.told.filter((event) => event.what === 'answered');
  expect(answered).toMatchObject([
    { method: 'GET', writes: false, who: 'somebody of this machine (API)' },
    {
      method: 'POST',
      path: '/api/pause',
      writes: true,
      status: 200,
      who: expect.stringMatching(/^token ci \([0-9a-f]{8}\)$/),
    },
  ]);
});

test('a defect of ours tells nothing but its request', async () => {
  const stand = standing({
    look: async () => {
      throw new TypeError('/secret/path');
    },
  });
  const answer = await stand.ask('/api/state');
  const text = await answer.text();
  expect([answer.status, text]).toEqual([500, expect.not.stringContaining('secret')]);
  expect(stand.told).toMatchObject([
    { what: 'defect', error: new TypeError('/secret/path') },
    { status: 500 },
  ]);
});
