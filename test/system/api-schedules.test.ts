import { type ChildProcess, execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '../../api/all-routes.ts';
import { SharedLook } from '../../api/link/shared-look.ts';
import type { RouteDeps } from '../../api/routes/deps.ts';
import { startApiServer } from '../support/api-server.ts';
import { ROOT, readDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { inProcess } from '../support/in-process.ts';
import { type System, startSystem } from '../support/system.ts';

// Schedules over HTTP, on real servers, with a real goose.
let system: System;
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  system = await startSystem();
  await system.agents([{ agentName: 'ada', agentType: 'dev', limit: 3 }]);
  await system.recipe('ada', 'MODEL: say done');
  await Promise.all([system.start('daemon'), startServer()]);
});
afterAll(async () => {
  server?.kill('SIGKILL');
  await system.stop();
});

async function startServer(): Promise<void> {
  ({ child: server, url } = await startApiServer(system));
}

type Json = Record<string, unknown>;
const ROUTES = allRoutes({ look: new SharedLook(() => Promise.reject(new Error('not asked'))) } as RouteDeps);

/** What the document says of the answer to such a request does not fit; none: all of it does. */
function misfits(method: string, path: string, value: unknown): unknown[] {
  const [plain = ''] = path.replace(/\/(\?|$)/, '$1').split('?');
  const here = ROUTES.filter((route) => route.method.toUpperCase() === method).filter((route) =>
    new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  const issues = here.map((route) => route.answer.safeParse(value).error?.issues ?? []);
  return issues.some((each) => each.length === 0) ? [] : (issues[0] ?? [`no route ${method} ${plain}`]);
}

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { ...(method !== 'GET' && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const value = (await answer.json()) as Json;
  if (answer.ok) expect([path, misfits(method, path, value)]).toEqual([path, []]);
  return { status: answer.status, value, etag: answer.headers.get('etag') ?? '' };
}

/** The commands of the guide, one after the other. */
function guide(): string[] {
  const section = readDocument('docs/api.md').text.split('\n## Schedules\n')[1] ?? '';
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  return block.split(/\n(?=curl )/).map((command) => command.trim());
}

test('the guide, command by command, from zero to a schedule that has run', async () => {
  const commands = guide();
  expect(commands.length).toBeGreaterThan(5);
  const answers: Json[] = [];
  for (const command of commands) {
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      command.replaceAll('http://localhost:9595', url).replace(/^curl/, 'curl -sS --fail-with-body'),
    ]);
    const value = JSON.parse(stdout) as Json;
    const [, method = 'GET'] = / -X (\w+)/.exec(command) ?? [];
    const [, path = ''] = /http:\/\/localhost:9595(\S+)/.exec(command) ?? [];
    expect([command, misfits(method, path, value)]).toEqual([command, []]);
    answers.push(value);
  }
  const [made, changed, next, ran, history, disabled, deleted] = answers;
  expect(made).toMatchObject({
    ...{ id: 'test-schedule', enabled: true, schedule_type: 'interval', interval_minutes: 5 },
    after: { definition: { title: 'log_triage', queue: 'dev' } },
  });
  expect(changed).toMatchObject({ changed: ['title', 'max_per_job'], job_key: 'log_triage', max_per_job: 1 });
  expect(next?.coming).toHaveLength(10);
  expect(ran).toMatchObject({ occurrence: expect.any(String), task_id: expect.any(Number), left_out: null });
  expect(history).toMatchObject({
    occurrences: [{ workflow_id: ran?.occurrence, trigger: 'run-now', task_id: ran?.task_id }],
  });
  expect(disabled).toMatchObject({ after: { enabled: false, pause: { note: 'until the logs are moved' } } });
  expect(deleted).toMatchObject({ after: null });
  // What was under way goes on.
  await eventually('its occurrence is over', async () => {
    const { value } = await ask('GET', `/api/occurrences/${ran?.occurrence}`);
    return value.end === 'done' || undefined;
  });
});

test('what a dry run tells is what then happens, and --json prints the same objects', async () => {
  const body = { name: 'nightly', cron: '30 2 * * *', timezone: 'Europe/Berlin', title: 'T', queue: 'dev' };
  const path = '/api/schedules/nightly/';
  const plain = ({ before: _before, after, ...rest }: Json) => ({
    ...{ ...rest, dry_run: null },
    after: after && { ...(after as Json), created: null, edited: null, by: null, version: null, pause: null },
  });
  for (const [method, where, asked] of [
    ['POST', '/api/schedules/', body],
    ['PATCH', path, { every: '2h', max_global: 3, enabled: false, note: 'later' }],
    ['PATCH', path, { cron: '0 3 * * *', enabled: true }],
    ['POST', `${path}disable/`, { note: 'x' }],
    ['POST', `${path}enable/`, {}],
    ['POST', `${path}skip-next/`, {}],
    ['DELETE', path, {}],
  ] as const) {
    const dry = await ask(method, where, { ...asked, dry_run: true });
    const done = await ask(method, where, asked);
    expect([method, where, plain(done.value)]).toEqual([method, where, plain(dry.value)]);
    if (method === 'DELETE') continue;
    const { stdout } = await inProcess(['schedule', 'show', 'nightly', '--json'], system.env);
    const shown = (await ask('GET', path)).value;
    expect({ ...JSON.parse(stdout) }).toEqual(shown);
  }
});

test('of two who change the same version one is told that it is another by now', async () => {
  const body = { name: 'both', every: '12h', title: 'T', queue: 'dev' };
  const { etag } = await ask('POST', '/api/schedules/', body, { 'idempotency-key': 'both-1' });
  expect(await ask('POST', '/api/schedules/', body, { 'idempotency-key': 'both-1' })).toMatchObject({
    ...{ status: 201, etag, value: { is_new: false } },
  });
  expect((await ask('GET', '/api/schedules/both/')).etag).toBe(etag);
  const patch = (title: string, headers: Record<string, string>) =>
    ask('PATCH', '/api/schedules/both/', { title }, headers);
  const both = await Promise.all(['A', 'B'].map((title) => patch(title, { 'if-match': etag })));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  expect((await ask('DELETE', '/api/schedules/both/', undefined, { 'if-match': etag })).status).toBe(412);
  // Whoever names no version changes what it names.
  const titles = ask('PATCH', '/api/schedules/both/', { title: 'C' });
  const limits = ask('PATCH', '/api/schedules/both/', { max_global: 7 });
  expect([(await titles).status, (await limits).status]).toEqual([200, 200]);
  const { value } = await ask('GET', '/api/schedules/both/');
  expect(value.definition).toMatchObject({ title: 'C', max_global: '7' });
  await ask('POST', '/api/schedules/both/run-now/');
  expect((await ask('GET', '/api/occurrences/recent?names=both,gone&each=1')).value).toMatchObject({
    schedules: [
      { schedule: 'both', occurrences: [{ trigger: 'run-now' }] },
      { schedule: 'gone', occurrences: null },
    ],
  });
  await ask('DELETE', '/api/schedules/both/', undefined, { 'if-match': '*' });
});

test('the smoke test', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'scripts/smoke.mjs'), '--url', url, '--queue', 'dev', '--patience', '120'],
    { cwd: system.dir },
  );
  expect(stdout.split('\n').filter((line) => line.startsWith('ok'))).toHaveLength(6);
  expect(stdout).toMatch(/All of it is well\.\n$/);
  await eventually('the server lists none of what it made', async () => {
    const { value } = await ask('GET', '/api/schedules/');
    return !(value.schedules as { id: string }[]).some(({ id }) => id.startsWith('smoke')) || undefined;
  });
});
