import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '../../api/all-routes.ts';
import { SharedLook } from '../../api/link/shared-look.ts';
import type { RouteDeps } from '../../api/routes/deps.ts';
import { startApiServer } from '../support/api-server.ts';
import { command } from '../support/command.ts';
import { grpcCalls, startCountingProxy, toolCalls } from '../support/counting-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { gooseLives, inPhase } from '../support/task-runs.ts';

let system: System;
let server: ChildProcess;
let url: string;
let admin: string;

beforeAll(async () => {
  system = await startSystem();
  Object.assign(system.env, { TINYSCHEDULER_MAX_ATTEMPTS: '1', TINYSCHEDULER_KILL_GRACE_SEC: '1' });
  await system.agents([
    { agentName: 'ada', agentType: 'dev' },
    { agentName: 'cy', agentType: 'slow' },
  ]);
  await system.recipe('ada', 'MODEL: say done');
  await system.recipe('cy', 'MODEL: wait 600s\nMODEL: say done');
  const [made] = await Promise.all([
    command(['token', 'create', '--scope', 'admin', '--name', 'boss'], place()),
    system.start('daemon'),
    startServer(),
  ]);
  admin = made.stdout.trim();
});
afterAll(async () => {
  server?.kill('SIGKILL');
  await system.stop();
});

function place() {
  return { cwd: system.dir, env: system.env };
}

async function startServer(): Promise<void> {
  ({ child: server, url } = await startApiServer(system));
}

type Json = Record<string, unknown>;

/** For their shapes; what they would work with is the server's. */
const ROUTES = allRoutes({ look: new SharedLook(() => Promise.reject(new Error('not asked'))) } as RouteDeps);

/** An answer of the shape that the route says; of what is refused, the problem. */
async function ask(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const value = (await answer.json()) as Json;
  if (!answer.ok) return { status: answer.status, value };
  const [plain = ''] = path.split('?');
  const shaped = ROUTES.filter(
    (route) =>
      route.method.toUpperCase() === method &&
      new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  const issues = shaped.map((route) => route.answer.safeParse(value).error?.issues ?? []);
  expect(issues).toContainEqual([]);
  return { status: answer.status, value };
}

async function get(path: string): Promise<Json> {
  const { status, value } = await ask('GET', path);
  expect([path, status, value]).toEqual([path, 200, value]);
  return value;
}

async function post(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Json> {
  const { status, value } = await ask('POST', path, body, headers);
  expect([path, status, value]).toEqual([path, expect.toBeOneOf([200, 201, 202]), value]);
  return value;
}

test('a task from its adding to its end: it is told, explained, and its log read as it grows', async () => {
  const abort = new AbortController();
  const stream = await fetch(`${url}/api/events`, { signal: abort.signal });
  let told = '';
  const reading = (async () => {
    for await (const bytes of stream.body ?? []) told += Buffer.from(bytes).toString();
  })().catch(() => undefined);
  const key = { 'idempotency-key': 'one' };
  const { after } = await post('/api/tasks', { title: 'Haiku', queue: 'dev' }, key);
  const { task_id: id } = after as { task_id: number };
  expect(await post('/api/tasks', { title: 'Haiku', queue: 'dev' }, key)).toMatchObject({
    is_new: false,
    after: { task_id: id },
  });
  const done = await eventually('the task is complete', async () => {
    const task = await get(`/api/tasks/${id}`);
    return task.status === 'complete' && (task.attempts as { ended: unknown }[])[0]?.ended ? task : undefined;
  });
  expect(done).toMatchObject({
    title: 'Haiku',
    attempts: [{ attempt: 1, agent: 'ada', verdict: 'completed' }],
  });
  expect(await get(`/api/tasks/${id}/explain`)).toMatchObject({ task_id: id, status: 'complete' });

  let text = '';
  for (let from = 0, isOver = false; !isOver; ) {
    const piece = await get(`/api/tasks/${id}/log?from=${from}&bytes=50`);
    text += piece.text;
    from = piece.to as number;
    isOver = piece.is_over === true && piece.to === piece.size;
  }
  expect(text).toContain('done');
  expect(await ask('GET', `/api/tasks/${id}/log?attempt=7`)).toMatchObject({
    status: 404,
    value: { code: 'no-such-attempt', allowed: ['1'] },
  });
  await eventually('the server lists what has ended', async () => {
    const { runs } = await get('/api/runs');
    return (runs as { task_id: number }[]).some((run) => run.task_id === id) || undefined;
  });

  await eventually('the events tell of it, from its coming to its going', async () => {
    const names = ['snapshot', 'task', 'task-gone'].map((name) => told.includes(`event: ${name}\n`));
    return (names.every(Boolean) && told.includes(`"task_id":${id}`)) || undefined;
  });
  abort.abort();
  await reading;
});

/** While its goose waits for the model: the host's heartbeat has told what it knows, and the log is here. */
async function tellsHowFarItIs(id: number): Promise<void> {
  const task = await eventually('its host has told how far it is', async () => {
    const { running } = (await get('/api/running')) as { running: Json[] };
    return running.find(({ task_id, turns }) => task_id === id && turns !== null);
  });
  expect(task).toMatchObject({
    ...{ title: 'Long', agent: 'cy', state: 'running', turns: 0, tokens: null },
    ...{ host: expect.any(String), heard: expect.any(String), log: { bytes: expect.any(Number) } },
  });
  const { since, deadline, limit_ms } = task as { since: string; deadline: string; limit_ms: number };
  const begunMs = Date.parse(deadline) - limit_ms;
  expect(begunMs - Date.parse(since)).toBeGreaterThan(-5_000);
  expect(begunMs).toBeLessThanOrEqual(Date.now());
  expect(await get('/api/summary')).toMatchObject({
    ...{ level: expect.any(String), counts: { agents: 2, running: 1, lost: 0, stuck: 0 } },
  });
}

test('what a dry run foretells is what then happens', async () => {
  const { after } = await post('/api/tasks', { title: 'Long', agent: 'cy' });
  const { task_id: id } = after as { task_id: number };
  await gooseLives(system, id);
  for (const [deed, phase] of [
    ['cancel', 'parked'],
    ['retry', null],
  ] as const) {
    const dry = await post(`/api/tasks/${id}/${deed}`, { dry_run: true });
    const done = await post(`/api/tasks/${id}/${deed}`, { note: 'by a test' });
    expect(done).toMatchObject({ dry_run: false, did: dry.did, before: dry.before });
    if (phase !== null) {
      expect([dry.after, done.after]).toMatchObject([{ phase }, { phase }]);
      await inPhase(system, id, phase);
    }
  }
  await gooseLives(system, id);
  await tellsHowFarItIs(id);
  const many = await post('/api/tasks/cancel', { agent: 'cy' });
  expect(many).toMatchObject({
    failed: 0,
    tasks: [{ task_id: id, did: 'cancelled', after: { phase: 'parked' } }],
  });
});

test.each([
  ['/api/pause', '/api/resume'],
  ['/api/stop-agents', '/api/start-agents'],
  ['/api/agents/ada/pause', '/api/agents/ada/resume'],
  ['/api/agents/ada/stop', '/api/agents/ada/start'],
])('%s and %s: before, after, and foretold', async (off, on) => {
  for (const path of [off, on]) {
    const dry = await post(path, { dry_run: true });
    const done = await post(path, { note: 'by a test' });
    expect({ ...done, dry_run: true }).toMatchObject({ before: dry.before, after: dry.after });
    expect(done.before).not.toEqual(done.after);
  }
});

test('limits need the token; who it was is kept', async () => {
  const refused = await ask('POST', '/api/agents/ada/limit', { slots: 0 });
  expect(refused).toMatchObject({ status: 403, value: { code: 'scope-missing', allowed: ['admin'] } });
  const headers = { authorization: `Bearer ${admin}` };
  expect(await post('/api/agents/ada/limit', { slots: 0 }, headers)).toMatchObject({
    ...{ before: { slots: 1 }, after: { slots: 0 }, configured: 1, by_hand: true },
  });
  const { by_hand: deeds } = await get('/api/state');
  expect(deeds).toContainEqual(
    expect.objectContaining({ did: 'set-limit', agent: 'ada', by: expect.stringMatching(/^token boss \(/) }),
  );
  await post('/api/agents/ada/limit', { slots: null }, headers);
});

test('all that can be read has the shape that the document says', async () => {
  for (const path of [
    '/livez',
    '/readyz',
    '/api/state',
    '/api/agents',
    '/api/pools',
    '/api/queues',
    '/api/explain',
  ])
    await get(path);
  for (const path of [
    '/api/tasks?limit=1',
    '/api/report?status=idle,complete&since=2026-01-01',
    '/api/passes',
    '/api/forecast',
  ])
    await get(path);
  expect(await post('/api/pass')).toMatchObject({ pass: { dry_run: false } });
  expect(await post('/api/pass', { dry_run: true })).toMatchObject({ pass: null });
  expect(await post('/api/drain', { dry_run: true })).toMatchObject({ after: { scheduler: 'paused' } });
});

test('while TinyTask is away it says so, and what needs none of it goes on', async () => {
  const back = await system.withoutTinyTask();
  try {
    await eventually('the list of tasks is refused', async () => {
      const { value } = await ask('GET', '/api/tasks');
      return value.code === 'tinytask-unreachable' || undefined;
    });
    expect(await get('/api/state')).toMatchObject({ open: null });
    expect(await ask('GET', '/readyz')).toMatchObject({ status: 503, value: { code: 'not-ready' } });
    expect(await post('/api/pause')).toMatchObject({ after: { paused: true } });
  } finally {
    await back();
  }
  expect(await post('/api/resume')).toMatchObject({ after: { paused: false } });
});

test('a hundred who follow the events, and ask besides, make no more calls to Temporal and TinyTask than one', async () => {
  const temporal = await startCountingProxy(system.server.address, grpcCalls);
  const tinytask = await startCountingProxy(new URL(system.endpoint).host, () => toolCalls);
  const counted = await startApiServer(system, {
    ...system.env,
    TEMPORAL_ADDRESS: temporal.address,
    TINYSCHEDULER_MCP_ENDPOINT: `http://${tinytask.address}`,
  });
  try {
    const callsOf = async (clients: number) => {
      const abort = new AbortController();
      const { signal } = abort;
      const streams = await Promise.all(
        Array.from({ length: clients }, async () => {
          const { body } = await fetch(`${counted.url}/api/events`, { signal });
          const reader = body?.getReader();
          for (let text = ''; !text.includes('event: snapshot'); )
            text += Buffer.from((await reader?.read())?.value ?? []).toString();
          return reader;
        }),
      );
      const before = [temporal.calls(), tinytask.calls()];
      await sleep(4_000);
      const after = [temporal.calls(), tinytask.calls()];
      abort.abort();
      await Promise.all(streams.map((reader) => reader?.closed.catch(() => undefined)));
      return after.map((count, at) => count - (before[at] ?? 0));
    };
    const [one = [], hundred = []] = [await callsOf(1), await callsOf(100)];
    expect([one, hundred].flat().every((count) => count > 0)).toBe(true);
    // A look more or less may fall into the time.
    for (const [at, calls] of hundred.entries()) expect(calls).toBeLessThanOrEqual(2 * (one[at] ?? 0) + 10);
  } finally {
    counted.child.kill('SIGKILL');
    await Promise.all([temporal.close(), tinytask.close()]);
  }
});

test('what was: passes of before, complete tasks, and ended runs page after page', async () => {
  const { passes } = (await get('/api/passes?limit=5')) as { passes: { at: string }[] };
  const times = passes.map(({ at }) => Date.parse(at));
  expect(times.length).toBeGreaterThan(0);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(new Set(times).size).toBe(times.length);
  const told: string[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const page = await get(`/api/runs?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
    told.push(...(page.runs as { run_id: string }[]).map(({ run_id: id }) => id));
    cursor = page.next_cursor;
  }
  expect(new Set(told).size).toBe(told.length);
  expect(told.length).toBeGreaterThan(0);
  expect(await get('/api/tasks?phase=complete&agent=ada')).toMatchObject({
    tasks: [{ title: 'Haiku', phase: 'complete', agent: 'ada' }],
  });
});

test('a revoked token counts no more; it ends in order with a stream open', async () => {
  const listed = JSON.parse((await command(['token', 'list', '--json'], place())).stdout) as {
    tokens: { id: string }[];
  };
  await command(['token', 'revoke', listed.tokens[0]?.id ?? ''], place());
  const headers = { authorization: `Bearer ${admin}` };
  expect(await ask('GET', '/api/state', undefined, headers)).toMatchObject({ status: 401 });
  const stream = await fetch(`${url}/api/events`);
  const exit = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  await stream.body?.cancel().catch(() => undefined);
});
