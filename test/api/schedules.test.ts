import { describe, expect, test } from 'vitest';
import { lineJson } from '../../client/json/schedules/line.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { scheduleLine } from '../../client/schedules/schedule-line.ts';
import type { Surroundings } from '../../client/schedules/surroundings.ts';
import type { SchedulesClient } from '../../client/schedules-client.ts';
import type { HistoryLine } from '../../contract/schedule.ts';
import { allowed } from '../support/allowed.ts';
import { type ApiStand, apiStand } from '../support/api-stand.ts';
import { endedAfterEach } from '../support/ended-after-each.ts';
import { type SchedulesInMemory, schedulesInMemory } from '../support/schedules-in-memory.ts';
import { surroundings } from '../support/surroundings.ts';

const newStand = endedAfterEach(apiStand);

interface Standing extends SchedulesInMemory {
  stand: ApiStand;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

function standing(around: Partial<Surroundings> = {}, more: Partial<SchedulesClient> = {}): Standing {
  const kept = schedulesInMemory();
  const client: Partial<SchedulerClient> = { schedules: { ...kept.client, ...more } };
  const here = async () => surroundings({ nowMs: Date.now(), ...around });
  const stand = newStand(client, {}, here);
  return {
    ...kept,
    stand,
    ask: (method, path, body, headers = {}) =>
      stand.ask(path, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}

type Json = Record<string, unknown>;

/** What was answered, of the shape that the document says. */
async function answerOf(
  { stand }: Standing,
  answer: Response,
  [method, path]: [string, string],
  status = 200,
): Promise<Json> {
  const text = await answer.text();
  expect([answer.status, text]).toEqual([status, expect.any(String)]);
  const route = stand.routes.find((each) => each.path === path && each.method === method);
  const value = JSON.parse(text) as Json;
  expect(route?.answer.safeParse(value).error?.issues ?? (route === undefined ? 'no route' : [])).toEqual([]);
  return value;
}

const NIGHTLY = {
  name: 'nightly',
  cron: '0 3 * * *',
  timezone: 'Europe/Berlin',
  title: 'Clean',
  queue: 'dev',
};
const CREATE: [string, string] = ['post', '/api/schedules'];
const PATCH: [string, string] = ['patch', '/api/schedules/{id}'];

async function withNightly(around: Partial<Surroundings> = {}, more: Partial<SchedulesClient> = {}) {
  const all = standing(around, more);
  const made = await all.ask('POST', '/api/schedules', NIGHTLY);
  expect(made.status).toBe(201);
  return { ...all, etag: made.headers.get('etag') ?? '' };
}

describe('making one', () => {
  test('as another scheduler has it, word for word: with what is here for a job of that name', async () => {
    const all = standing({ recipe: async (recipe) => (recipe === 'log_triage' ? undefined : NO_RECIPE) });
    const answer = await all.ask('POST', '/api/schedules/', {
      ...{ name: 'test-schedule', job_key: 'log_triage', enabled: true, schedule_type: 'interval' },
      ...{ interval_minutes: 5, timezone: 'UTC' },
    });
    expect(answer.headers.get('etag')).toMatch(/^"[0-9a-z]+-1"$/);
    expect(await answerOf(all, answer, CREATE, 201)).toMatchObject({
      ...{ id: 'test-schedule', name: 'test-schedule', job_key: 'log_triage', enabled: true },
      ...{ schedule_type: 'interval', interval_minutes: 5, cron_expression: null, timezone: 'UTC' },
      ...{ next_run_at: expect.stringMatching(/^\d{4}-.*Z$/), last_run_at: null, max_global: null },
      ...{ dry_run: false, before: null, is_new: true, warnings: [] },
      after: { definition: { title: 'log_triage', recipe: 'log_triage', queue: 'dev', every: '5m' } },
    });
  });

  test('a job without a recipe of its name, where there are several queues: nobody takes it, which is told', async () => {
    const all = standing({ recipe: async () => NO_RECIPE, queues: ['dev', 'qa'] });
    const job = { name: 'a', job_key: 'triage', interval_minutes: 5 };
    expect(await answerOf(all, await all.ask('POST', '/api/schedules', job), CREATE, 201)).toMatchObject({
      warnings: [{ code: 'for-nobody', says: expect.stringContaining('queue') }],
      after: { definition: { title: 'triage', job_key: 'triage' } },
    });
  });

  test('all that is wrong is told at once, with what is allowed and what may be meant', async () => {
    const all = standing();
    const answer = await all.ask('POST', '/api/schedules', {
      ...{ name: 'no/good', cron: '0 0 3 * * *', timezone: 'Europe/Berln', title: 't', overlap: 'skp' },
      ...{ qeue: 'dev', max_per_job: 0, tags: { a: 1 } },
    });
    const problem = (await answer.json()) as { code: string; detail: string; facts: { wrong: Json[] } };
    expect([answer.status, problem]).toMatchObject([
      400,
      { code: 'bad-definition', next_step: expect.any(String) },
    ]);
    expect(problem.facts.wrong.map(({ at, code, nearest }) => [at, code, nearest])).toEqual(
      expect.arrayContaining([
        ['body.name', 'bad-name', null],
        ['body.timezone', 'bad-timing', 'Europe/Berlin'],
        ['body.cron', 'bad-timing', null],
        ['body.overlap', 'unknown-word', 'skip'],
        ['body.qeue', 'unknown-field', 'queue'],
        ['body.max_per_job', 'no-number', null],
        ['body.tags', 'wrong-kind', null],
      ]),
    );
    // The place is named once.
    expect(problem.detail).toMatch(/body\.cron: Cron has five fields/);
    const { allowed } = problem.facts.wrong.find(({ at }) => at === 'body.overlap') ?? {};
    expect(allowed).toEqual(['skip', 'buffer', 'cancel', 'allow']);
    expect(all.asked).toEqual([]);
  });

  test.each([
    [{}, ['no-name', 'no-timing', 'nothing-to-do']],
    [{ name: 'a', title: 't', schedule_type: 'cron', interval_minutes: 5 }, ['another-timing']],
    [{ name: 'a', title: 't', every: '10s' }, ['bad-timing']],
    [{ name: 'a', title: 't', at: '2020-01-01 00:00' }, ['bad-timing']],
    [{ name: 'a', title: 't', cron: '0 3 * * *', every: '1h' }, ['two-timings']],
    [{ name: 'a', command: 'x', queue: 'dev', every: '1h' }, ['not-for-commands']],
    [{ name: ['a'], title: 't', every: '1h' }, ['wrong-kind']],
    [{ name: 'a', title: 't', every: '1h', tags: ['recipe:x'] }, ['own-tag']],
    [{ name: '../../etc', title: 't', every: '1h' }, ['bad-name']],
    [{ name: 'a', title: 't', every: '1h', recipe: '../x' }, ['bad-name']],
  ])('%o: %o', async (body, codes) => {
    const all = standing();
    const answer = await all.ask('POST', '/api/schedules', body);
    const { facts } = (await answer.json()) as { facts: { wrong: { code: string }[] } };
    expect([answer.status, facts.wrong.map(({ code }) => code)]).toEqual([400, codes]);
    expect(all.all.size).toBe(0);
  });

  test.each([[[]], ['x'], [{ ...NIGHTLY, dry_run: 'yes' }], [{ ...NIGHTLY, note: '' }]])(
    '%j is no request',
    async (body) => {
      const all = standing();
      expect([(await all.ask('POST', '/api/schedules', body)).status, all.all.size]).toEqual([400, 0]);
    },
  );

  test('a dry run makes nothing, and tells the same with its next times on both clocks', async () => {
    const all = standing();
    const path = '/api/schedules/?viewer_timezone=America/New_York';
    const dry = await all.ask('POST', path, { ...NIGHTLY, dry_run: true });
    expect([all.all.size, dry.headers.get('etag')]).toEqual([0, null]);
    const told = await answerOf(all, dry, CREATE);
    const done = await answerOf(all, await all.ask('POST', path, NIGHTLY), CREATE, 201);
    expect(told.coming).toEqual(done.coming);
    expect(told.coming).toHaveLength(10);
    expect((told.coming as Json[])[0]).toMatchObject({
      ...{ kind: 'due', local: expect.stringMatching(/T03:00:00$/), left_out: false, twice: null },
      says: expect.stringMatching(/03:00 \+0\d:00 Europe\/Berlin \(.* America\/New_York\)/),
    });
    const again = await all.ask('POST', path, { ...NIGHTLY, dry_run: true });
    expect([again.status, await again.json()]).toMatchObject([409, { code: 'existing-schedule' }]);
  });

  test('what a change of the clocks does to it is told before it is made', async () => {
    const all = standing();
    const path = ['post', '/api/schedules/preview'] as [string, string];
    const early = { cron: '30 2 * * *', timezone: 'Europe/Berlin', start: '2035-03-24 00:00' };
    const told = await answerOf(all, await all.ask('POST', '/api/schedules/preview/', early), path);
    expect(told).toMatchObject({
      when: 'every day at 02:30, Europe/Berlin',
      warnings: [{ code: 'for-nobody' }],
    });
    expect((told.coming as Json[])[1]).toMatchObject({
      ...{ kind: 'left-out', why: 'missing', season: 'spring', local: ['2035-03-25T02:30:00'] },
    });
    const wrong = await all.ask('POST', '/api/schedules/preview', { cron: '61 * * * *' });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      400,
      { facts: { wrong: [{ at: 'body.cron' }] } },
    ]);
    expect(all.all.size).toBe(0);
  });

  test('without a zone it is told whose clocks count', async () => {
    const all = standing();
    const { timezone: _, ...body } = NIGHTLY;
    expect(await (await all.ask('POST', '/api/schedules', body)).json()).toMatchObject({
      timezone: 'Europe/Berlin',
      warnings: [{ code: 'own-zone' }],
    });
  });

  test('paused from the beginning, with the reason and who it was', async () => {
    const all = standing();
    const body = { ...NIGHTLY, enabled: false, note: 'not yet' };
    expect(await (await all.ask('POST', '/api/schedules', body)).json()).toMatchObject({
      ...{ enabled: false, next_run_at: null },
      after: { state: 'paused', pause: { note: 'not yet', by: 'somebody of this machine (API)' } },
    });
  });

  test('with the same key it is made once, however often and at once it is asked for', async () => {
    const all = standing();
    const key = { 'idempotency-key': 'night-1' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => all.ask('POST', '/api/schedules', NIGHTLY, key)),
    );
    const told = (await Promise.all(answers.map((answer) => answer.json()))) as { is_new: boolean }[];
    expect([answers.map(({ status }) => status), all.asked.length]).toEqual([[201, 201, 201, 201, 201], 1]);
    expect(told.filter(({ is_new: isNew }) => isNew)).toHaveLength(1);
    const other = await all.ask('POST', '/api/schedules', { ...NIGHTLY, title: 'x' }, key);
    expect([other.status, await other.json()]).toMatchObject([422, { code: 'key-used' }]);
    const without = await all.ask('POST', '/api/schedules', NIGHTLY);
    expect([without.status, await without.json()]).toMatchObject([409, { code: 'existing-schedule' }]);
  });

  test('where nobody knows whether it was made, it is found as it was asked for', async () => {
    let dies = true;
    const all = standing();
    const { create } = all.client;
    const dying = standing(
      {},
      { ...all.client, create: async (...asked) => dieAfter(await create(...asked)) },
    );
    function dieAfter<T>(made: T): T {
      if (dies) throw new Error('killed');
      return made;
    }
    const key = { 'idempotency-key': 'k' };
    const wanted = { ...NIGHTLY, remaining: 3 };
    expect((await dying.ask('POST', '/api/schedules', wanted, key)).status).toBe(500);
    dies = false;
    // It began once meanwhile.
    const memo = all.all.get('nightly')?.memo;
    Object.assign(memo?.schedule.definition ?? {}, { remaining: 2 });
    Object.assign(memo?.now ?? {}, { count: 1 });
    const again = await dying.ask('POST', '/api/schedules', wanted, key);
    expect([again.status, await again.json()]).toMatchObject([201, { is_new: false, id: 'nightly' }]);
    expect(all.asked.filter(([what]) => what === 'create')).toHaveLength(1);
  });
});

const NO_RECIPE = { warning: { code: 'no-recipe', recipe: 'r', recipesDir: '/r' } } as const;

describe('who may', () => {
  const CLEAN = { name: 'clean', command: 'clean.sh', every: '1h' };

  test('a program is for admins: to make, to change, to take out, and to apply', async () => {
    const all = standing();
    const admin = { authorization: `Bearer ${await all.stand.token('admin')}` };
    expect((await all.ask('POST', '/api/schedules', CLEAN)).status).toBe(403);
    expect((await all.ask('POST', '/api/schedules', { ...CLEAN, dry_run: true })).status).toBe(403);
    expect((await all.ask('POST', '/api/schedules', CLEAN, admin)).status).toBe(201);
    await all.ask('POST', '/api/schedules', NIGHTLY);
    for (const [method, path, body] of [
      ['PATCH', '/api/schedules/clean', { every: '2h' }],
      ['PATCH', '/api/schedules/clean', { title: 'a task', command: null, args: null, queue: 'dev' }],
      ['PATCH', '/api/schedules/nightly', { command: 'clean.sh', title: null, queue: null }],
      ['DELETE', '/api/schedules/clean', undefined],
      ['POST', '/api/schedules/apply', { schedules: [] }],
    ] as const) {
      const refused = await all.ask(method, path, body);
      expect([path, refused.status, await refused.json()]).toMatchObject([
        path,
        403,
        { code: 'scope-missing' },
      ]);
    }
    expect(all.asked.map(([what]) => what)).toEqual(['create', 'create']);
    // What is there may be run, and turned off, by whoever operates.
    expect((await all.ask('POST', '/api/schedules/clean/run-now', {})).status).toBe(200);
    expect((await all.ask('POST', '/api/schedules/clean/disable', {})).status).toBe(200);
    expect((await all.ask('PATCH', '/api/schedules/clean', { enabled: true })).status).toBe(200);
    expect((await all.ask('DELETE', '/api/schedules/clean', undefined, admin)).status).toBe(200);
  });

  test('who only reads changes nothing, and sees all', async () => {
    const all = await withNightly();
    const headers = { authorization: `Bearer ${await all.stand.token('read')}` };
    for (const { method, path } of all.stand.routes.filter(
      ({ path, internal }) => /schedule|occurr|missed/.test(path) && !internal,
    )) {
      const body = method === 'get' ? undefined : {};
      const here = path
        .replace('/schedules/{id}', '/schedules/nightly')
        .replace('{id}', 'occurrence-x')
        .replace(/recent$/, 'recent?names=nightly');
      const { status } = await all.ask(method.toUpperCase(), here, body, headers);
      expect([method, path, status]).toEqual([
        method,
        path,
        path.includes('preview')
          ? 400
          : method !== 'get'
            ? 403
            : path.includes('occurrences/{id}')
              ? 404
              : 200,
      ]);
    }
    expect(all.asked).toHaveLength(1);
  });
});

describe('changing one', () => {
  test('what is named changes, and nothing else', async () => {
    const all = await withNightly();
    const answer = await all.ask('PATCH', '/api/schedules/nightly/', { title: 'Sweep', max_per_job: 2 });
    expect(answer.headers.get('etag')).toBe(all.etag.replace('-1"', '-2"'));
    const told = await answerOf(all, answer, PATCH);
    expect(told).toMatchObject({ changed: ['title', 'max_per_job'], before: { version: 1 }, max_per_job: 2 });
    expect((told.after as { definition: object }).definition).toEqual({
      ...{ ...NIGHTLY, title: 'Sweep', max_per_job: '2' },
    });
  });

  test('another timing, by another name for it; null takes a field away; the same again changes nothing', async () => {
    const all = await withNightly();
    const patch = async (body: object) => (await all.ask('PATCH', '/api/schedules/nightly', body)).json();
    expect(await patch({ schedule_type: 'interval', interval_minutes: 10, cron: null })).toMatchObject({
      ...{ schedule_type: 'interval', interval_minutes: 10, cron_expression: null },
      after: { definition: { every: '10m' } },
    });
    expect(await patch({ queue: null, agent: 'vaela' })).toMatchObject({
      after: { definition: { agent: 'vaela' }, version: 3 },
    });
    const same = await patch({ agent: 'vaela', interval_minutes: 10 });
    expect(same).toMatchObject({ changed: [], after: { version: 3 } });
  });

  test('enabled: false pauses it, with the note; together with other fields both are done', async () => {
    const all = await withNightly();
    const off = { enabled: false, note: 'holidays', title: 'Later' };
    expect(await (await all.ask('PATCH', '/api/schedules/nightly', off)).json()).toMatchObject({
      ...{ changed: ['title', 'enabled'], enabled: false, next_run_at: null },
      after: { state: 'paused', pause: { note: 'holidays' }, definition: { title: 'Later' } },
    });
    expect(await (await all.ask('PATCH', '/api/schedules/nightly', { enabled: true })).json()).toMatchObject({
      changed: ['enabled'],
      after: { state: 'active', pause: null, version: 2 },
    });
  });

  test('a dry run tells what would be, and changes nothing', async () => {
    const all = await withNightly();
    const body = { every: '2h', enabled: false };
    const dry = await all.ask('PATCH', '/api/schedules/nightly', { ...body, dry_run: true });
    expect([dry.headers.get('etag'), all.asked.length]).toEqual([all.etag, 1]);
    const told = await answerOf(all, dry, PATCH);
    const done = await answerOf(all, await all.ask('PATCH', '/api/schedules/nightly', body), PATCH);
    const plain = ({ after, before: _before, ...rest }: Json) => ({
      ...rest,
      after: { ...(after as Json), pause: null, edited: null, by: null },
    });
    expect(plain(done)).toEqual({ ...plain(told), dry_run: false });
  });

  test.each([
    [{ title: '' }, 'nothing-to-do', 'body'],
    [{ cron: null }, 'no-timing', 'body'],
    [{ name: 'other' }, 'another-name', 'body.name'],
    [{ ttile: 'x' }, 'unknown-field', 'body.ttile'],
    [{ cron: '0 3 * * * *' }, 'bad-timing', 'body.cron'],
  ])('%o cannot be used: %s', async (body, code, at) => {
    const all = await withNightly();
    const answer = await all.ask('PATCH', '/api/schedules/nightly', body);
    expect([answer.status, await answer.json()]).toMatchObject([400, { facts: { wrong: [{ at, code }] } }]);
    expect(all.asked).toHaveLength(1);
  });

  test('two who change different things at once both have their way', async () => {
    const all = await withNightly();
    let quicker = 2;
    const { edit } = all.client;
    const racing = standing(
      {},
      {
        ...all.client,
        async edit(definition, version, note) {
          if (quicker-- > 0) {
            const line = await all.client.line('nightly', 0);
            await edit({ ...line.definition, maxGlobal: 10 - quicker }, line.version);
          }
          return edit(definition, version, note);
        },
      },
    );
    const answer = await racing.ask('PATCH', '/api/schedules/nightly', { title: 'Sweep' });
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { after: { version: 4, definition: { title: 'Sweep', max_global: '10' } } },
    ]);
  });
});

describe('If-Match', () => {
  test.each([
    ['the tag', (etag: string) => etag, 200],
    ['one of several', (etag: string) => `"x", ${etag}`, 200],
    ['any', () => '*', 200],
    ['another one', () => '"mgi1k2-7"', 412],
    ['that of one of the same name that was made before', (etag: string) => etag.replace('"', '"1'), 412],
    ['a weak one, which never matches', (etag: string) => `W/${etag}`, 412],
    ['what is none', () => 'mgi1k2-7', 400],
    ['nothing in it', () => '"a",', 400],
  ])('%s', async (_, header, status) => {
    for (const [method, body] of [
      ['PATCH', { title: 'Sweep' }],
      ['DELETE', undefined],
    ] as const) {
      const all = await withNightly();
      const answer = await all.ask(method, '/api/schedules/nightly', body, { 'if-match': header(all.etag) });
      expect([method, answer.status]).toEqual([method, status]);
      expect(all.asked.length).toBe(status === 200 ? 2 : 1);
      if (status === 412)
        expect(await answer.json()).toMatchObject({
          ...{ code: 'precondition-failed', facts: { etag: all.etag } },
          next_step: expect.stringContaining('/api/schedules/nightly/'),
        });
    }
  });

  test('who is quicker between the look and the change wins, and the other is told so', async () => {
    const all = await withNightly();
    const { edit } = all.client;
    const racing = standing(
      {},
      {
        ...all.client,
        async edit(definition, version, note) {
          const line = await all.client.line('nightly', 0);
          await edit({ ...line.definition, maxGlobal: 3 }, line.version);
          return edit(definition, version, note);
        },
      },
    );
    const answer = await racing.ask(
      'PATCH',
      '/api/schedules/nightly',
      { title: 'x' },
      { 'if-match': all.etag },
    );
    const now = all.etag.replace('-1"', '-2"');
    expect([answer.status, await answer.json()]).toMatchObject([
      412,
      { code: 'precondition-failed', facts: { etag: now } },
    ]);
  });

  test('GET tells the tag that a change has to name', async () => {
    const all = await withNightly();
    expect((await all.ask('GET', '/api/schedules/nightly')).headers.get('etag')).toBe(all.etag);
    expect((await all.ask('PATCH', '/api/schedules/none', {}, { 'if-match': '*' })).status).toBe(404);
  });
});

describe('reading', () => {
  test.each(['preview', 'apply', 'history'])('one that is called %s', async (name) => {
    const all = standing();
    await all.ask('POST', '/api/schedules', { ...NIGHTLY, name });
    const path = `/api/schedules/${name}/`;
    for (const [method, body] of [['GET'], ['HEAD'], ['PATCH', { title: 'Sweep' }], ['DELETE']] as const)
      expect([method, (await all.ask(method, path, body)).status]).toEqual([method, 200]);
    const other = await all.ask('PUT', path);
    expect([other.status, other.headers.get('allow')]).toEqual([
      405,
      expect.stringMatching(/GET, HEAD, .*PATCH, DELETE/),
    ]);
  });

  test('the answers are what --json prints', async () => {
    const all = await withNightly();
    const shown = await answerOf(all, await all.ask('GET', '/api/schedules/nightly/'), [
      'get',
      '/api/schedules/{id}',
    ]);
    const line = JSON.parse(JSON.stringify(lineJson(await all.client.line('nightly', 10)))) as Json;
    expect(shown).toMatchObject(line);
    const list = await answerOf(all, await all.ask('GET', '/api/schedules/'), ['get', '/api/schedules']);
    expect(list).toMatchObject({
      schedules: [{ ...line, next: [(line.next as string[])[0]] }],
      next_cursor: null,
    });
  });

  test('page after page each is told once, and a page of 10,000 is fast', async () => {
    const all = await withNightly();
    const memo = all.all.get('nightly');
    if (memo === undefined) throw new Error('it is gone');
    const { definition } = memo.memo.schedule;
    all.all.clear();
    for (let at = 0; at < 10_000; at += 1) {
      const schedule = { ...memo.memo.schedule, definition: { ...definition, name: `s${at}` } };
      all.all.set(`s${at}`, { ...memo, memo: { ...memo.memo, schedule } });
    }
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = (await (
        await all.ask('GET', `/api/schedules/?limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).json()) as { schedules: { id: string }[]; next_cursor: string | null };
      ids.push(...page.schedules.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(ids).toEqual(Array.from({ length: 10_000 }, (_, at) => `s${at}`));
    const beganMs = performance.now();
    await (await all.ask('GET', '/api/schedules/')).text();
    expect(performance.now() - beganMs).toBeLessThan(allowed(1_000));
    const wrong = await all.ask('GET', '/api/schedules?cursor=abc');
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { code: 'wrong-cursor' }]);
  });

  test('its next times', async () => {
    const all = await withNightly();
    const next = await answerOf(all, await all.ask('GET', '/api/schedules/nightly/next/?count=3'), [
      'get',
      '/api/schedules/{id}/next',
    ]);
    expect([(next.next as []).length, (next.coming as []).length]).toEqual([3, 3]);
    for (const query of ['count=0', 'count=1001', 'viewer_timezone=Mars', 'x=1'])
      expect((await all.ask('GET', `/api/schedules/nightly/next?${query}`)).status).toBe(400);
  });

  test('the history, page by page, also where many have the same time', async () => {
    const all = standing();
    const line = (at: number): HistoryLine => ({
      ...{ schedule: 's', timeZone: 'UTC', jitterMs: 0, workflowId: `occurrence-s-${at}`, trigger: 'plan' },
      plannedMs: 1_790_000_000_000 - Math.floor(at / 7) * 60_000,
    });
    all.history.push(...Array.from({ length: 30 }, (_, at) => line(at)));
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await answerOf(
        all,
        await all.ask('GET', `/api/occurrences/?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`),
        ['get', '/api/occurrences'],
      );
      ids.push(...(page.occurrences as { workflow_id: string }[]).map((each) => each.workflow_id));
      cursor = page.next_cursor as string | null;
    }
    expect(ids).toEqual(Array.from({ length: 30 }, (_, at) => `occurrence-s-${at}`));
    for (const query of ['cursor=x', `cursor=${Buffer.from('{"until":-1,"told":1}').toString('base64url')}`])
      expect((await all.ask('GET', `/api/occurrences?${query}`)).status).toBe(400);
    expect((await all.ask('GET', '/api/schedules/none/history')).status).toBe(404);
  });

  test('the last ones of many at once, in short; null where nobody knows', async () => {
    const all = await withNightly();
    all.history.push(
      ...[1, 2, 3].map((day) => ({
        ...{
          schedule: 'nightly',
          timeZone: 'UTC',
          jitterMs: 0,
          workflowId: `w${day}`,
          trigger: 'plan' as const,
        },
        plannedMs: Date.UTC(2026, 10, day),
        ...(day < 3 && { ended: { end: 'left-out', because: { why: 'skipped' } } as const }),
      })),
    );
    const path = '/api/occurrences/recent';
    const told = await answerOf(all, await all.ask('GET', `${path}?names=nightly,gone&each=2`), [
      'get',
      path,
    ]);
    const short = { times: 1, trigger: 'plan', task_id: null };
    expect(told.schedules).toEqual([
      {
        schedule: 'nightly',
        occurrences: [
          { ...short, planned: '2026-11-03T00:00:00.000Z', end: null, why: null, says: null, reason: null },
          {
            ...{ ...short, planned: '2026-11-02T00:00:00.000Z', end: 'left-out', why: 'skipped' },
            says: 'left out, since a person had it left out',
            reason: 'a person had it left out',
          },
        ],
      },
      { schedule: 'gone', occurrences: null },
    ]);
    const many = Array.from({ length: 51 }, (_, at) => `s${at}`).join(',');
    for (const wrong of [
      '',
      '?names=',
      '?names=no/good',
      `?names=${many}`,
      '?names=a&each=0',
      '?names=a&each=101',
    ])
      expect([wrong, (await all.ask('GET', `${path}${wrong}`)).status]).toEqual([wrong, 400]);
  });

  test('many who ask the same cause one reading, and see what was decided meanwhile', async () => {
    let [histories, missed] = [0, 0];
    const all = await withNightly(
      {},
      {
        async history() {
          histories += 1;
          return [];
        },
        async missed() {
          missed += 1;
          return [];
        },
      },
    );
    const ask = async () => {
      const paths = ['/api/occurrences', '/api/missed'].flatMap((path) => Array<string>(20).fill(path));
      const answers = await Promise.all(paths.map((path) => all.ask('GET', path)));
      expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    };
    await ask();
    expect([histories, missed]).toEqual([1, 1]);
    await all.ask('POST', '/api/schedules/nightly/disable');
    await ask();
    expect([histories, missed]).toEqual([2, 2]);
  });

  test('how one occurrence stands', async () => {
    const workflowId = 'occurrence-s-2026-11-26T02:00:00Z';
    const memo = {
      schedule: 's',
      plannedMs: 1_790_000_000_000,
      phase: 'working',
      task: { id: 7, createdAt: 'x' },
    };
    const all = standing(
      {},
      {
        occurrence: async (id) =>
          id === workflowId ? { workflowId, closed: false, memo: memo as never } : undefined,
      },
    );
    const path: [string, string] = ['get', '/api/occurrences/{id}'];
    expect(await answerOf(all, await all.ask('GET', `/api/occurrences/${workflowId}/`), path)).toMatchObject({
      ...{ occurrence: workflowId, phase: 'working', task_id: 7, end: null },
    });
    const none = await all.ask('GET', '/api/occurrences/occurrence-none');
    expect([none.status, await none.json()]).toMatchObject([404, { code: 'no-such-occurrence' }]);
    expect((await all.ask('GET', '/api/occurrences/scheduler')).status).toBe(400);
  });
});

describe('deeds', () => {
  const of = (deed: string): [string, string] => ['post', `/api/schedules/{id}/${deed}`];

  test.each([
    ['disable', { note: 'broken' }, { did: true, after: { state: 'paused', pause: { note: 'broken' } } }],
    ['enable', {}, { did: false, not_made_up: 0, after: { state: 'active' } }],
    ['skip-next', {}, { skipped: expect.any(String), after: { left_out: [expect.any(String)] } }],
  ])('%s: foretold, then done', async (deed, body, expected) => {
    const all = await withNightly();
    const path = `/api/schedules/nightly/${deed}`;
    const dry = await answerOf(all, await all.ask('POST', path, { ...body, dry_run: true }), of(deed));
    expect(all.asked).toHaveLength(1);
    const done = await answerOf(all, await all.ask('POST', `${path}/`, body), of(deed));
    expect([dry, done]).toMatchObject([
      { ...expected, dry_run: true },
      { ...expected, dry_run: false },
    ]);
    expect(all.asked).toHaveLength(2);
  });

  test('run-now: what it started; one that is paused only when told so', async () => {
    const all = await withNightly();
    const run = (body: object) => all.ask('POST', '/api/schedules/nightly/run-now', body);
    expect(await answerOf(all, await run({ dry_run: true, force: true }), of('run-now'))).toMatchObject({
      occurrence: null,
    });
    expect(await answerOf(all, await run({ force: true, note: 'now' }), of('run-now'))).toMatchObject({
      ...{ occurrence: 'occurrence-nightly-now', task_id: 7, before: { state: 'active' } },
    });
    expect(all.asked.at(-1)).toEqual([
      ...['run-now', 'nightly', { force: true, evenIfPaused: false }],
      { by: 'somebody of this machine (API)', note: 'now' },
    ]);
    await all.ask('POST', '/api/schedules/nightly/disable', {});
    for (const more of [{}, { dry_run: true }])
      expect([(await run(more)).status, (await (await run(more)).json()) as Json]).toMatchObject([
        409,
        { code: 'schedule-paused', next_step: expect.stringContaining('/enable/') },
      ]);
    expect((await run({ even_if_paused: true })).status).toBe(200);
  });

  test('backfill: times of its zone or with an offset; how many is told before', async () => {
    const all = await withNightly();
    const path = '/api/schedules/nightly/backfill';
    const span = { from: '2026-01-01', to: '2026-01-05 03:00' };
    expect(
      await answerOf(all, await all.ask('POST', path, { ...span, dry_run: true }), of('backfill')),
    ).toMatchObject({
      ...{ due: 5, started: [], there: null },
    });
    const done = await answerOf(
      all,
      await all.ask('POST', path, { ...span, to: '2026-01-05T02:00:00Z' }),
      of('backfill'),
    );
    expect(done).toMatchObject({ started: ['occurrence-nightly-x'], there: 0 });
    expect(all.asked.at(-1)?.[2]).toEqual({
      fromMs: Date.UTC(2025, 11, 31, 23),
      toMs: Date.UTC(2026, 0, 5, 2),
    });
    for (const [body, at] of [
      [{ from: 'yesterday', to: '2026-01-05' }, 'body.from'],
      [{ from: '2026-01-05', to: '2026-01-01' }, 'body.to'],
      [{ from: '2035-01-05', to: '2036-01-01' }, 'body.from'],
      [{ from: '2026-01-05' }, 'body.to'],
    ] as const) {
      const wrong = await all.ask('POST', path, body);
      expect([wrong.status, await wrong.json()]).toMatchObject([400, { facts: { wrong: [{ at }] } }]);
    }
    const many = await all.ask('POST', path, { from: '2020-01-01', to: '2026-01-01', dry_run: true });
    expect([many.status, await many.json()]).toMatchObject([422, { code: 'too-many-times' }]);
  });

  test('delete: a dry run in the body or in the address, and no type without a body', async () => {
    const all = await withNightly();
    const path = ['delete', '/api/schedules/{id}'] as [string, string];
    for (const [query, body] of [
      ['', { dry_run: true }],
      ['?dry_run=true', undefined],
      ['?dry_run=true', { dry_run: false }],
    ] as const)
      expect(
        await answerOf(all, await all.ask('DELETE', `/api/schedules/nightly/${query}`, body), path),
      ).toMatchObject({ dry_run: true, before: { id: 'nightly' }, after: null });
    const form = await all.ask('DELETE', '/api/schedules/nightly', 'x', { 'content-type': 'text/plain' });
    expect([form.status, all.all.size]).toEqual([415, 1]);
    await answerOf(all, await all.ask('DELETE', '/api/schedules/nightly/'), path);
    expect((await all.ask('DELETE', '/api/schedules/nightly/')).status).toBe(404);
  });

  test.each(['run-now', 'enable', 'disable', 'skip-next'])('%s of one that there is not', async (deed) => {
    const all = await withNightly();
    for (const id of ['nigthly', '1']) {
      const answer = await all.ask('POST', `/api/schedules/${id}/${deed}/`, {});
      expect([answer.status, await answer.json()]).toMatchObject([
        404,
        { code: 'no-such-schedule', allowed: ['nightly'] },
      ]);
    }
    for (const id of ['..%2f..%2fetc', '%00', 'a%20b', 'x'.repeat(65), '%e0%a4%a'])
      expect([id, (await all.ask('POST', `/api/schedules/${id}/${deed}`, {})).status]).toEqual([
        id,
        expect.toBeOneOf([400, 404]),
      ]);
    expect(all.asked).toHaveLength(1);
  });
});

describe('missed times', () => {
  const plannedMs = Date.UTC(2026, 10, 20, 2);
  async function withMissed() {
    const all = await withNightly();
    for (const at of [0, 1, 2])
      all.missed.push({
        ...{ schedule: 'nightly', timeZone: 'UTC', plannedMs: plannedMs + at * 86_400_000, times: 1 },
        because: { why: 'not-fired' } as never,
      });
    return all;
  }

  test('come page after page, also where some of a page are decided about; of one schedule, or of all', async () => {
    const all = await withMissed();
    expect((await all.ask('POST', '/api/schedules', { ...NIGHTLY, name: 'other' })).status).toBe(201);
    all.missed.splice(1, 0, {
      ...{ schedule: 'other', timeZone: 'UTC', plannedMs, times: 1 },
      because: { why: 'not-fired' } as never,
    });
    const page = async (asked: string) => {
      const answer = await all.ask('GET', `/api/missed?limit=2${asked}`);
      const { missed, next_cursor: next } = (await answer.json()) as {
        missed: { key: string }[];
        next_cursor: string | null;
      };
      return { keys: missed.map(({ key }) => key), next };
    };
    const first = await page('');
    expect(first.keys).toEqual(['nightly@2026-11-20T02:00:00Z', 'other@2026-11-20T02:00:00Z']);
    await all.ask('POST', '/api/missed', { skip: first.keys });
    const second = await page(`&cursor=${first.next}`);
    expect(second).toEqual({
      keys: ['nightly@2026-11-21T02:00:00Z', 'nightly@2026-11-22T02:00:00Z'],
      next: null,
    });
    expect((await page('&schedule=other')).keys).toEqual([]);
    for (const [path, code] of [
      ['/api/missed?schedule=none', 'no-such-schedule'],
      ['/api/missed?cursor=x', 'wrong-cursor'],
    ] as const)
      expect(await (await all.ask('GET', path)).json()).toMatchObject({ code });
  });

  test('are listed with the keys by which they are decided about', async () => {
    const all = await withMissed();
    const listed = await answerOf(all, await all.ask('GET', '/api/missed/?since=2026-11-21'), [
      'get',
      '/api/missed',
    ]);
    const keys = (listed.missed as { key: string }[]).map(({ key }) => key);
    expect(keys).toEqual(['nightly@2026-11-21T02:00:00Z', 'nightly@2026-11-22T02:00:00Z']);
    const body = {
      run: [keys[0]],
      skip: [keys[1], 'nightly@2026-11-23T02:00:00Z', 'none@2026-11-23T02:00:00Z'],
    };
    for (const dry of [true, false]) {
      const told = await answerOf(all, await all.ask('POST', '/api/missed', { ...body, dry_run: dry }), [
        'post',
        '/api/missed',
      ]);
      expect(told).toMatchObject({
        failed: 2,
        times: [
          { decided: 'run', problem: null, occurrence: dry ? null : 'occurrence-nightly-missed' },
          { decided: 'skip', problem: null },
          { problem: { code: 'no-such-time' } },
          { problem: { code: 'no-such-schedule' } },
        ],
      });
      expect(all.missed).toHaveLength(dry ? 3 : 1);
    }
    const rest = await all.ask('POST', '/api/missed', { skip_all: 'nightly', note: 'too late' });
    expect([await rest.json(), all.missed]).toMatchObject([{ failed: 0, times: [{ decided: 'skip' }] }, []]);
  });

  test.each([
    [{}],
    [{ run: ['nightly'] }],
    [{ run: ['nightly@tomorrow'] }],
    [{ run: ['../x@2026-11-21T02:00:00Z'] }],
    [{ run: [], skip: [] }],
    [{ run: ['nightly@2026-11-21T02:00:00Z'], skip_all: 'nightly' }],
    [{ run_all: 'nightly', skip_all: 'nightly' }],
  ])('%j is refused', async (body) => {
    const all = await withMissed();
    expect([(await all.ask('POST', '/api/missed', body)).status, all.missed.length]).toEqual([400, 3]);
  });
});

describe('a document of all', () => {
  async function asAdmin() {
    const all = await withNightly();
    const headers = { authorization: `Bearer ${await all.stand.token('admin')}` };
    const path = ['post', '/api/schedules/apply'] as [string, string];
    const apply = async (body: object) => all.ask('POST', '/api/schedules/apply/', body, headers);
    return { ...all, apply, path };
  }

  test('what is exported changes nothing when it is applied', async () => {
    const all = await asAdmin();
    await all.ask('PATCH', '/api/schedules/nightly', {
      ...{ description: 'Line one\nline two: "x" # y\u2028z', enabled: false, note: 'n', max_global: 4 },
      tags: ['a', 'true', '007'],
    });
    await all.ask('POST', '/api/schedules', { name: 'other', every: '1h', title: 'T', priority: 'high' });
    const exported = await answerOf(all, await all.ask('GET', '/api/schedules.json'), [
      'get',
      '/api/schedules.json',
    ]);
    const told = await answerOf(all, await all.apply(exported), all.path);
    expect((told.schedules as Json[]).map(({ schedule, did, changed }) => [schedule, did, changed])).toEqual([
      ['nightly', 'unchanged', []],
      ['other', 'unchanged', []],
    ]);
    const yaml = await all.ask('GET', '/api/schedules.yaml/?names=other');
    expect([yaml.headers.get('content-type'), await yaml.text()]).toEqual([
      'application/yaml',
      expect.stringMatching(/schedules:\n {2}- name: other\n/),
    ]);
    expect((await all.ask('GET', '/api/schedules.json?names=nightly,none')).status).toBe(404);
  });

  test('makes, edits, keeps and prunes; a dry run does nothing', async () => {
    const all = await asAdmin();
    await all.ask('POST', '/api/schedules', { name: 'old', every: '1h', title: 'T' });
    const document = {
      defaults: { timezone: 'UTC', queue: 'dev' },
      schedules: [
        { name: 'nightly', cron: '0 4 * * *', title: 'Clean' },
        { name: 'new', interval_minutes: 5, title: 'N', max_per_job: 1 },
      ],
    };
    const dids = (told: Json) => (told.schedules as Json[]).map(({ schedule, did }) => [schedule, did]);
    const kept = [
      ['nightly', 'edited'],
      ['new', 'created'],
      ['old', 'kept'],
    ];
    const dry = await answerOf(all, await all.apply({ ...document, dry_run: true }), all.path);
    expect([dids(dry), all.all.size, dry.dry_run]).toEqual([kept, 2, true]);
    expect((dry.schedules as Json[])[0]?.changed).toEqual(['cron', 'timezone']);
    expect(dids(await answerOf(all, await all.apply(document), all.path))).toEqual(kept);
    const pruned = await answerOf(all, await all.apply({ ...document, prune: true }), all.path);
    expect([dids(pruned).at(-1), all.all.size]).toEqual([['old', 'deleted'], 2]);
  });

  test('all that is wrong with it is told, with where, and nothing is done', async () => {
    const all = await asAdmin();
    const answer = await all.apply({
      defaults: { qeue: 'dev', timezone: 'Europe/Berln' },
      schedules: [
        { name: 'a', every: '1h', title: 'T', description_file: '/etc/passwd' },
        { name: 'a', every: '1h', title: 'T' },
        'x',
        { name: 'b', cron: '0 0 0 * * *', title: 'T' },
        { name: 'c', at: '2020-01-01 00:00', title: 'T', timezone: 'UTC' },
      ],
    });
    const { facts, code } = (await answer.json()) as { code: string; facts: { wrong: Json[] } };
    expect([answer.status, code, all.all.size]).toEqual([400, 'bad-definition', 1]);
    expect(facts.wrong.map(({ at, code }) => [at, code])).toEqual(
      expect.arrayContaining([
        ['body.defaults.timezone', 'bad-timing'],
        ['body.defaults.qeue', 'unknown-field'],
        ['body.schedules.0', 'description-file'],
        ['body.schedules.1', 'name-twice'],
        ['body.schedules.2', 'not-a-mapping'],
        ['body.schedules.3.cron', 'bad-timing'],
      ]),
    );
    expect(JSON.stringify(facts)).not.toMatch(/line \d|root:/);
    const over = await all.apply({
      schedules: [{ name: 'c', at: '2020-01-01 00:00', title: 'T', timezone: 'UTC', queue: 'dev' }],
    });
    expect([over.status, await over.json()]).toMatchObject([
      400,
      { facts: { wrong: [{ at: 'body.schedules.0', code: expect.any(String) }] } },
    ]);
    expect((await all.apply({ schedules: 'x' })).status).toBe(400);
    expect((await all.apply({})).status).toBe(400);
    expect(all.all.size).toBe(1);
  });
});

test('a line tells what programs of other schedulers look for, as far as it is true', async () => {
  const all = await withNightly();
  const carried = all.all.get('nightly');
  if (carried === undefined) throw new Error('it is gone');
  const { memo } = carried;
  const now = Date.UTC(2026, 0, 1);
  const [first = 0, second = 0] = scheduleLine(memo, now, 2).nextMs;
  const skipping = scheduleLine({ ...memo, schedule: { ...memo.schedule, skips: [first] } }, now, 2);
  expect(lineJson(skipping)).toMatchObject({
    next_run_at: new Date(second).toISOString(),
    cron_expression: '0 3 * * *',
  });
  await all.client.skipNext('nightly');
  const { next_run_at: next } = (await (await all.ask('GET', '/api/schedules/nightly')).json()) as {
    next_run_at: string;
  };
  expect(await (await all.ask('GET', '/api/schedules')).json()).toMatchObject({
    schedules: [{ next: [expect.any(String), next], next_run_at: next }],
  });
  const finished = scheduleLine({ ...memo, schedule: { ...memo.schedule, finished: true } }, now, 2);
  expect(lineJson(finished)).toMatchObject({ next_run_at: null, state: 'finished', enabled: true });
});
