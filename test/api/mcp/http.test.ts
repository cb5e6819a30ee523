import { describe, expect, test } from 'vitest';
import type { SchedulerClient } from '../../../client/scheduler-client.ts';
import type { SchedulesClient } from '../../../client/schedules-client.ts';
import { type ApiStand, apiStand, lookOf, openTaskOf } from '../../support/api-stand.ts';
import { endedAfterEach } from '../../support/ended-after-each.ts';
import { AGES, type Age, httpClient } from '../../support/tool-clients.ts';
import { scheduleLineOf } from '../../support/tool-stand.ts';

const standing = endedAfterEach(apiStand);

/** The SDK's client, which finds the app without a port. */
function connect(stand: ApiStand, age: Age, token?: string) {
  const fetch: typeof globalThis.fetch = async (_, { method = 'GET', headers, body } = {}) =>
    stand.ask('/mcp', {
      ...{ method, headers: Object.fromEntries(new Headers(headers)) },
      ...(typeof body === 'string' && { body }),
    });
  return httpClient(age, { url: 'http://localhost:9595/mcp', fetch, ...(token !== undefined && { token }) });
}

const scheduler = (): Partial<SchedulerClient> => ({
  look: async () => lookOf({ tasks: [openTaskOf(7)] }),
  pause: async () => undefined,
});
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const ACCEPT = { accept: 'application/json, text/event-stream' };
const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];

describe.each(AGES)('a client of %s', (age) => {
  test('lists the tools and calls them', async () => {
    const client = await connect(standing(scheduler()), age);
    expect(await client.tools()).toHaveLength(11);
    expect(await client.call('scheduler_list_tasks')).toMatchObject({
      isError: false,
      text: expect.stringMatching(/^1 open task\.\n7 "task 7": /),
      facts: { tasks: [{ task_id: '7' }], total: 1 },
    });
    expect(await client.call('scheduler_list_tasks', { limit: 1_000 })).toMatchObject({
      isError: true,
      facts: { code: 'bad-request', next_step: expect.stringContaining('schema') },
    });
    await client.close();
  });

  test('with a token to read has five tools, and none that changes something', async () => {
    const stand = standing(scheduler(), { tokenRequired: true });
    await expect(connect(stand, age)).rejects.toThrow();
    const reader = await connect(stand, age, await stand.token('read'));
    expect(await reader.tools()).toHaveLength(5);
    expect((await reader.call('scheduler_stop_daemon')).facts).toMatchObject({ code: 'scope-missing' });
    const operator = await connect(stand, age, await stand.token('operate', { name: 'planner' }));
    expect((await operator.call('scheduler_stop_daemon')).isError).toBe(false);
    const calls = stand.told.filter(({ what }) => what === 'tool');
    expect(calls).toMatchObject([
      { who: expect.stringMatching(/^token read \(.{8}\) over MCP$/), code: 'scope-missing' },
      { who: expect.stringMatching(/^token planner \(.{8}\) over MCP$/), code: null, writes: true },
    ]);
    // A POST that asks is none that changes something.
    const answered = stand.told.filter((event) => event.what === 'answered' && event.status === 200);
    expect(answered.length).toBeGreaterThan(3);
    expect(answered.filter((event) => event.what === 'answered' && event.writes)).toEqual([]);
  });

  test('has a program run with a token of an admin only', async () => {
    const created: string[] = [];
    const schedules: Partial<SchedulesClient> = {
      async create({ name }) {
        created.push(name);
        return scheduleLineOf(name);
      },
    };
    const stand = standing({ ...scheduler(), schedules: schedules as SchedulesClient });
    const args = { task_id: 'clean', cron_expression: '0 3 * * *', config: { command: 'cleanup.sh' } };
    for (const token of [undefined, await stand.token('operate')]) {
      const client = await connect(stand, age, token);
      expect((await client.call('scheduler_add_task', args)).facts).toMatchObject({ code: 'scope-missing' });
    }
    expect(created).toEqual([]);
    const admin = await connect(stand, age, await stand.token('admin'));
    expect((await admin.call('scheduler_add_task', args)).isError).toBe(false);
    expect(created).toEqual(['clean']);
  });

  test('that comes back 50 times in a minute is not locked out', async () => {
    const stand = standing(scheduler(), { perMinute: 1_200 });
    for (let times = 0; times < 50; times += 1) {
      const client = await connect(stand, age);
      expect(await client.tools()).toHaveLength(11);
      expect((await client.call('scheduler_daemon_status')).isError).toBe(false);
      // It goes away as one that was killed does: without a word.
    }
    expect(stand.told.filter((event) => event.what === 'answered' && event.status === 429)).toEqual([]);
  });
});

describe('the guard', () => {
  test.each([
    ['another host', { host: 'evil.example' }, [421, 'wrong-host']],
    ['a page of somebody else', { origin: 'https://evil.example' }, [403, 'wrong-origin']],
    ['a wrong token', { authorization: `Bearer tsk_00000000_${'a'.repeat(43)}` }, [401, 'wrong-token']],
    ['a form', { 'content-type': 'text/plain' }, [415, 'wrong-content-type']],
  ])('refuses %s', async (_, headers, refusal) => {
    expect(await codeOf(await standing().post('/mcp', LIST, { ...ACCEPT, ...headers }))).toEqual(refusal);
  });

  test.each([
    ['larger than 1 MB', `{"jsonrpc":"2.0","x":"${'x'.repeat(1_048_576)}"}`, [413, 'body-too-large']],
    ['too deep', `{"jsonrpc":"2.0","x":${'['.repeat(30)}${']'.repeat(30)}}`, [413, 'body-too-deep']],
    ['no JSON', '{', [400, 'bad-request']],
    ['many messages at once', JSON.stringify([LIST, LIST]), [400, 'bad-request']],
    ['no message', '{}', [400, 'bad-request']],
    [
      'a stream of changes',
      JSON.stringify({ ...LIST, method: 'subscriptions/listen' }),
      [400, 'bad-request'],
    ],
  ])('refuses a body that is %s', async (_, body, refusal) => {
    expect(await codeOf(await standing().post('/mcp', body, ACCEPT))).toEqual(refusal);
  });

  test.each(['GET', 'DELETE', 'PUT'])('there is no session for %s', async (method) => {
    const answer = await standing().ask('/mcp', { method, headers: ACCEPT });
    expect([answer.headers.get('allow'), ...(await codeOf(answer))]).toEqual(['POST', 405, 'wrong-method']);
  });

  test('nobody from elsewhere gets in without a token, and a token in the address is refused', async () => {
    const stand = standing();
    expect(await codeOf(await stand.ask('/mcp', { method: 'POST', remote: '10.0.0.9' }))).toEqual([
      401,
      'no-token',
    ]);
    expect(await codeOf(await stand.post('/mcp?token=x', LIST, ACCEPT))).toEqual([400, 'token-in-query']);
  });

  test('it is not in the document of the API, which it describes itself', async () => {
    const { paths } = (await (await standing().ask('/openapi.json')).json()) as { paths: object };
    expect(Object.keys(paths).filter((path) => path.includes('mcp'))).toEqual([]);
  });
});
