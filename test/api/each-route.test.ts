import { describe, expect, test } from 'vitest';
import { type Route, writes } from '../../api/routes/route.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { groupedBy } from '../../domain/grouped.ts';
import { type ApiStand, apiStand, lookOf } from '../support/api-stand.ts';
import { endedAfterEach } from '../support/ended-after-each.ts';

const newStand = endedAfterEach(apiStand);

// The routes are those that are registered, so one that is new is tried as well.

/** A stand over a scheduler that may be looked at, its schedules too, and of which everything else that is called is kept. */
function watching(): { stand: ApiStand; called: string[] } {
  const called: string[] = [];
  const kept = (name: string): unknown =>
    new Proxy(() => undefined, {
      get: (_, key) => kept(`${name}.${String(key)}`),
      apply: async (_, __, args) => {
        if (name === 'schedules.all') return { atMs: 0, schedules: [], more: false };
        return void called.push(`${name}(${JSON.stringify(args)})`);
      },
    });
  const known: Partial<SchedulerClient> = { look: async () => lookOf(), close: async () => undefined };
  const client = new Proxy(known, {
    get: (_, key) => (key === 'then' ? undefined : (known[key as 'look'] ?? kept(String(key)))),
    has: () => true,
    ownKeys: () => ['look', 'close'],
  });
  const stand = newStand(client);
  return { stand, called };
}

const { routes: ROUTES } = watching().stand;
const WRITING = ROUTES.filter(({ method }) => method !== 'get');
const nameOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;

/** A path in which each name is one that could be. */
function pathOf({ path, params }: Route, value?: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (value !== undefined) return value;
    return params?.shape[name]?.safeParse('1').success === true ? '1' : 'ada';
  });
}

async function problemOf(answer: Response): Promise<{ code: string; status: number }> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await answer.json()) as { code: string; status: number };
  expect(problem).toMatchObject({
    status: answer.status,
    code: expect.stringMatching(/^[a-z-]+$/),
    detail: expect.stringMatching(/.{3}/),
    next_step: expect.stringMatching(/.{3}/),
    request_id: answer.headers.get('x-request-id'),
  });
  expect(problem).toHaveProperty('allowed');
  return problem;
}

const send = (stand: ApiStand, { method }: Route, path: string, init: RequestInit = {}) =>
  stand.ask(path, {
    method: method.toUpperCase(),
    ...(method === 'get' ? {} : { body: '{}' }),
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });

const TRAVERSALS = [
  ...['..', '%2e%2e', '.%2e', '..%2f..%2fetc%2fpasswd', '%2e%2e%2f', '..%5c..%5cx', '%2fetc%2fpasswd'],
  ...['1%00', '%00', 'ada%00.log', '1%0d%0aX-A:b', '%252e%252e%252f', '..;', 'file:%2f%2f%2fetc', 'C:%5cx'],
  ...['%ff', '%c0%ae%c0%ae', '%zz', '%', '%EF%BC%91', '%E2%80%AE1', '%F0%9F%92%A9', '%1b[31m', '*', '%20'],
  ...['~', '1%2f..', '-', '1;rm', '$(id)', '%60id%60', `${'x'.repeat(300)}`, '%22%20OR%201=1'],
];

describe.each(
  ROUTES.filter(({ path }) => path.includes('{')).map((route) => [nameOf(route), route] as const),
)('%s', (_, route) => {
  test('takes no name that leads elsewhere', async () => {
    const { stand, called } = watching();
    const token = await stand.token('admin');
    for (const name of TRAVERSALS) {
      const answer = await send(stand, route, pathOf(route, name), {
        headers: { authorization: `Bearer ${token}` },
      });
      const { status, code } = await problemOf(answer);
      expect([name, status, code]).toEqual([
        name,
        expect.toBeOneOf([400, 404, 405]),
        expect.toBeOneOf(['bad-request', 'no-such-path', 'wrong-method']),
      ]);
    }
    expect(called).toEqual([]);
  });
});

describe.each(WRITING.map((route) => [nameOf(route), route] as const))('%s', (_, route) => {
  test('takes no form, nothing of another site, and no key that is none of its own', async () => {
    const { stand, called } = watching();
    const headers = { authorization: `Bearer ${await stand.token('admin')}` };
    const codeOf = async (init: RequestInit) =>
      (
        await problemOf(
          await send(stand, route, pathOf(route), { ...init, headers: { ...headers, ...init.headers } }),
        )
      ).code;
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])
      expect([type, await codeOf({ headers: { 'content-type': type } })]).toEqual([
        type,
        'wrong-content-type',
      ]);
    for (const site of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      // A form that is sent, told of as a link is.
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ])
      expect([site, await codeOf({ headers: site as Record<string, string> })]).toEqual([
        site,
        'wrong-origin',
      ]);
    for (const body of [
      '{"__proto__": {"dry_run": true}}',
      '{"constructor": {"prototype": {"dry_run": true}}}',
      '{"dry_run": true, "prototype": 1}',
      '{"dry_run": true, "by": "root"}',
    ]) {
      // The fields of a schedule are judged by who reads definitions.
      const isJudgedLater = !body.includes('__proto__') && route.body?.safeParse(JSON.parse(body)).success;
      if (!isJudgedLater) expect([body, await codeOf({ body })]).toEqual([body, 'bad-request']);
    }
    expect(({} as { dry_run?: unknown }).dry_run).toBeUndefined();
    expect(called).toEqual([]);
  });
});

test('each that writes takes dry_run, and tells before and after', async () => {
  const { stand } = watching();
  const document = (await (await stand.ask('/openapi.json')).json()) as Json;
  const whole = (schema: Json): Json => {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema.$ref))?.[1];
    return name === undefined ? schema : (document.components.schemas[name] as Json);
  };
  for (const { method, path, internal } of WRITING.filter(writes)) {
    if (internal) continue;
    const { requestBody, responses } = document.paths[path][method] as Json;
    const body = whole(requestBody.content['application/json'].schema);
    const [answer] = Object.entries(responses as Json)
      .filter(([status]) => status.startsWith('2'))
      .map(([, told]) => whole(told.content['application/json'].schema));
    const told = answer?.properties.tasks?.items?.properties ?? answer?.properties ?? {};
    expect([path, ...Object.keys(body.properties)]).toContain('dry_run');
    const many = (answer?.properties.schedules ?? answer?.properties.times)?.items.properties;
    // A document of schedules, and times that were missed, are told one by one: what became of each.
    const tells = many === undefined ? ['before', 'after'] : ['schedule', 'problem'];
    expect([path, Object.keys(many ?? told)]).toEqual([path, expect.arrayContaining(tells)]);
  }
});

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document, of which the test looks at some places
type Json = Record<string, any>;

test('each path says for another method which there are; HEAD is there where GET is', async () => {
  const { stand } = watching();
  const paths = groupedBy(ROUTES, ({ path }) => path);
  for (const [path, [first]] of paths) {
    if (first === undefined) continue;
    const here = pathOf(first);
    // What names a path may be the name of a schedule, too.
    const isName = (each: Route) => each.path === '/api/schedules/{id}' && /schedules\/\w+$/.test(path);
    const methods = ROUTES.filter((each) => each.path === path || isName(each)).map(({ method }) =>
      method.toUpperCase(),
    );
    const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      if (allowed.includes(method)) continue;
      const answer = await stand.ask(here, { method });
      expect([path, method, answer.status, answer.headers.get('allow')]).toEqual([
        path,
        method,
        405,
        expect.toSatisfy((told: string) => told.split(', ').sort().join() === allowed.sort().join()),
      ]);
      if (method !== 'HEAD') expect((await problemOf(answer)).code).toBe('wrong-method');
    }
  }
  for (const path of ['/livez', '/api/state', '/api/tasks', '/openapi.json', '/docs', '/']) {
    const head = await stand.ask(path, { method: 'HEAD' });
    expect([path, head.status, await head.text()]).toEqual([path, 200, '']);
  }
});
