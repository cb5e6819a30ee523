import { describe, expect, test } from 'vitest';
import { checkJson } from '../../client/json/check.ts';
import { whatIfJson } from '../../client/json/forecast.ts';
import type { Checked } from '../../contract/check.ts';
import type { WhatIf } from '../../contract/forecast.ts';
import type { Change } from '../../domain/forecast/change.ts';
import { schedulerError } from '../../words/errors.ts';
import { type ApiStand, apiStand } from '../support/api-stand.ts';
import { endedAfterEach } from '../support/ended-after-each.ts';

const standing = endedAfterEach(apiStand);

/** As the document has it. */
function isShape(stand: ApiStand, path: string, value: unknown): void {
  const found = stand.routes.find((route) => route.path === path);
  expect(found?.answer.safeParse(value).error?.issues ?? []).toEqual([]);
}

describe('the check', () => {
  const CHECKED: Checked = {
    alerts: [
      { what: 'parked', taskIds: [7] },
      { what: 'depth', queue: 'dev', waiting: 30, most: 20 },
    ],
    ...{ pools: 1, agents: 2, running: 0, waiting: 30 },
  };

  test('is that of the command, with what counts as too much', async () => {
    const asked: unknown[] = [];
    const stand = standing({
      async check(about) {
        asked.push(about);
        return CHECKED;
      },
    });
    const path = '/api/check?waiting=20&oldest_seconds=1800&pool=dev&without_daemon=true';
    const value = await (await stand.ask(path)).json();
    isShape(stand, '/api/check', value);
    expect(value).toEqual(checkJson(CHECKED, Date.now()));
    expect((await stand.ask('/api/check')).status).toBe(200);
    expect(asked).toEqual([{ mostWaiting: 20, oldestMs: 1_800_000, pool: 'dev', withoutDaemon: true }, {}]);
  });

  test('of a queue that there is not is refused, and so is what makes no sense', async () => {
    const stand = standing({
      check: async () => {
        throw schedulerError({ code: 'no-such-queue', queue: 'qa', known: ['dev'] });
      },
    });
    const unknown = await stand.ask('/api/check?pool=qa');
    expect([unknown.status, await unknown.json()]).toMatchObject([
      404,
      { code: 'no-such-queue', allowed: ['dev'] },
    ]);
    for (const query of ['waiting=-1', 'oldest_seconds=0', 'oldest_seconds=2h', 'without_daemon=1', 'x=1'])
      expect([query, (await stand.ask(`/api/check?${query}`)).status]).toEqual([query, 400]);
  });
});

describe('what if', () => {
  const outlook = { end: null, ending: 0, kept: 0, unknown: 0 };
  const whatIfOf = (changes: Change[]): WhatIf => ({
    ...{ scheduler: 'running', exists: true, paused: false, enabled: true, daemon: null, problems: [] },
    ...{ atMs: 1_790_000_000_000, changes, before: outlook, after: outlook, starts: [], waits: [] },
    ...{ keeps: [], frees: [], moved: [], movedMore: 0, coming: null },
    restsOn: { tasks: 0, sinceMs: null, notOver: 0 },
  });

  function asking() {
    const asked: Change[][] = [];
    const stand = standing({
      async whatIf(changes) {
        asked.push(changes);
        return whatIfOf(changes);
      },
    });
    return { stand, asked };
  }

  test('takes each change, and answers as the command does', async () => {
    const { stand, asked } = asking();
    const changes = [
      { do: 'pause', agent: 'ada' },
      { do: 'limit', agent: 'ada', slots: 4 },
      { do: 'add', agent: 'eve', queue: 'dev' },
      { do: 'budget', agent: 'ada', tokens_per_day: null },
      { do: 'pool-budget', queue: 'dev', tokens_per_day: 1_000 },
    ];
    const value = await (await stand.post('/api/what-if', { changes })).json();
    isShape(stand, '/api/what-if', value);
    const meant: Change[] = [
      { do: 'pause', agent: 'ada' },
      { do: 'limit', agent: 'ada', slots: 4 },
      { do: 'add', agent: 'eve', queue: 'dev', slots: 1 },
      { do: 'budget', agent: 'ada', tokensPerDay: null },
      { do: 'pool-budget', queue: 'dev', tokensPerDay: 1_000 },
    ];
    expect(asked).toEqual([meant]);
    expect(value).toEqual(whatIfJson(whatIfOf(meant)));
  });

  test('changes nothing: whoever may read may ask, and the log has it as no change', async () => {
    const { stand } = asking();
    const headers = { authorization: `Bearer ${await stand.token('read')}` };
    const body = { changes: [{ do: 'pause', agent: 'ada' }] };
    expect((await stand.post('/api/what-if', body, headers)).status).toBe(200);
    expect(stand.told.filter(({ what }) => what === 'answered')).toMatchObject([
      { writes: false, status: 200 },
    ]);
  });

  test.each([
    [{}],
    [{ changes: [] }],
    [{ changes: [{ do: 'stop', agent: 'ada' }] }],
    [{ changes: [{ do: 'limit', agent: 'ada' }] }],
    [{ changes: [{ do: 'limit', agent: '../ada', slots: 1 }] }],
    [{ changes: [{ do: 'pause', agent: 'ada', note: 'x' }] }],
  ])('%j is refused', async (body) => {
    const { stand, asked } = asking();
    expect([(await stand.post('/api/what-if', body)).status, asked]).toEqual([400, []]);
  });
});
