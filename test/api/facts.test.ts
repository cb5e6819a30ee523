import { describe, expect, test } from 'vitest';
import { factsOf, textOfFacts } from '../../client/facts/json.ts';
import { MARK_HEADER } from '../../client/facts/mark.ts';
import { aboutMethod, FACTS, type FactsArgs, type FactsMethod } from '../../client/facts/methods.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { Failure } from '../../contract/errors.ts';
import { schedulerError } from '../../words/errors.ts';
import { FAILURES } from '../support/api-failures.ts';
import { type ApiStand, apiStand, STAND_MARK } from '../support/api-stand.ts';
import { endedAfterEach } from '../support/ended-after-each.ts';

const newStand = endedAfterEach(apiStand);

const by = { by: 'ann@h', note: 'why' };
/** By method: all that it takes, and as little as it takes. */
const ARGS: { [Name in FactsMethod]: FactsArgs<Name>[] } = {
  status: [[]],
  check: [[], [undefined], [{ mostWaiting: 0, oldestMs: 1, withoutDaemon: true, pool: 'ü x' }]],
  pools: [[]],
  agents: [[]],
  openTasks: [[], [{}], [{ phase: 'waiting', agent: 'ada', pool: 'dev', sinceMs: 1 }]],
  endedRuns: [[{ limit: 20 }], [{ limit: 1, agent: 'ada', sinceMs: 1 }]],
  explain: [[999_999_999_999_999]],
  explainAll: [[]],
  forecast: [[], [undefined], [1]],
  whatIf: [
    [
      [
        { do: 'pause', agent: 'ada' },
        { do: 'limit', agent: 'ada', slots: 0 },
        { do: 'remove', agent: 'ada' },
      ],
    ],
    [
      [
        { do: 'add', agent: 'eve', queue: 'dev', slots: 1 },
        { do: 'budget', agent: 'ada', tokensPerDay: null },
        { do: 'pool-budget', queue: 'dev', tokensPerDay: 1 },
      ],
    ],
  ],
  pause: [[], [{}, by], [{ agent: 'ada' }, by], [{ queue: 'no such queue' }, { by: 'ann@h' }]],
  resume: [[{ queue: 'dev' }, by]],
  startAgents: [[{}, by]],
  stopAgents: [[{}, by]],
  setLimit: [
    ['ada', 0, by],
    ['ada', null],
  ],
  runNow: [[], [undefined], [1]],
  retry: [[1], [1, by]],
  cancel: [[1, by]],
  add: [
    [{ title: 'x' }],
    [{ title: 'x\u2028', description: 'd', queue: 'q', agent: 'ada', priority: -1, blockedBy: 1 }],
  ],
  'schedules.list': [[], [{ limit: 1_000, cursor: 'abc' }]],
  'schedules.show': [['nightly']],
  'schedules.line': [['nightly', 0]],
  'schedules.history': [[{}], [{ schedule: 'n', sinceMs: 1, untilMs: 2, end: 'left-out', limit: 1 }]],
  'schedules.missed': [[0], [0, 'nightly']],
  'schedules.pause': [['nightly', by]],
  'schedules.resume': [['nightly', by]],
  'schedules.runNow': [['nightly'], ['nightly', { force: true, evenIfPaused: true }, by]],
  'schedules.skipNext': [['nightly', by]],
};
const METHODS = Object.keys(FACTS) as FactsMethod[];
const cases = METHODS.flatMap((method) => ARGS[method].map((args) => ({ method, args: args as unknown[] })));

/** A scheduler whose methods do `did`. */
function standing(did: (method: string, args: unknown[]) => unknown): ApiStand {
  const of = (prefix: string) =>
    new Proxy(
      { look: undefined },
      {
        get: (_, name) =>
          name === 'then' ? undefined : async (...args: unknown[]) => did(`${prefix}${String(name)}`, args),
      },
    );
  const all = METHODS.map((method) => method.split('.'));
  const named = all.flatMap(([name = '', own]) =>
    own === undefined ? [[name, Reflect.get(of(''), name)]] : [],
  );
  const stand = newStand({
    ...Object.fromEntries(named),
    schedules: of('schedules.'),
  } as Partial<SchedulerClient>);
  return stand;
}

function ask(
  stand: ApiStand,
  method: FactsMethod,
  args: unknown,
  headers: Record<string, string> = { [MARK_HEADER]: STAND_MARK },
): Promise<Response> {
  const path = `/api/facts/${method}`;
  if (aboutMethod(method).kind === 'reads')
    return stand.ask(`${path}?${new URLSearchParams({ args: textOfFacts(args) })}`, { headers });
  return stand.post(path, `{"args":${textOfFacts(args)}}`, headers);
}

/** setLimit is for administrators, which nobody is without a token. */
async function headersOf(stand: ApiStand, method: FactsMethod): Promise<Record<string, string>> {
  const token = { authorization: `Bearer ${await stand.token('admin')}` };
  return { [MARK_HEADER]: STAND_MARK, ...(method === 'setLimit' && token) };
}

describe.each(cases)('$method $args', ({ method, args }) => {
  test('is called with these, and answered as it is', async () => {
    const facts = {
      got: [undefined, null, Number.NaN, { $: Number.POSITIVE_INFINITY }],
      id: 999_999_999_999_999,
    };
    const called: unknown[] = [];
    const stand = standing((...call) => {
      called.push(call);
      return facts;
    });
    const answer = await ask(stand, method, args, await headersOf(stand, method));
    expect([answer.status, factsOf(await answer.text())]).toStrictEqual([200, facts]);
    const [[name, given]] = called as [[string, unknown[]]];
    const last = (of: unknown[]) => (of.at(-1) === undefined ? of.slice(0, -1) : of);
    expect([called.length, name]).toEqual([1, method]);
    if (method === 'setLimit') expect(given.slice(0, 2)).toEqual(args.slice(0, 2));
    else expect(last(given)).toEqual(last(args));
  });
});

const FAILED = FAILURES.filter(({ code }) => !['bad-request'].includes(code)) as Failure[];
test.each(
  FAILED.filter(({ code }) => code in { 'no-such-task': 1, 'schedule-changed': 1, 'log-missing': 1 }),
)('$code comes back with its facts', async (failure) => {
  const stand = standing(() => {
    throw schedulerError(failure);
  });
  const answer = await ask(stand, 'status', []);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(factsOf(await answer.text())).toMatchObject({ code: failure.code, begun: true, failure });
});

test('whoever is configured otherwise is told nothing, and nothing is done', async () => {
  const stand = standing(() => {
    throw new Error('called');
  });
  for (const method of METHODS)
    for (const headers of [{}, { [MARK_HEADER]: 'other' }]) {
      const token = await headersOf(stand, method);
      delete token[MARK_HEADER];
      const answer = await ask(stand, method, ARGS[method][0], { ...token, ...headers });
      expect([method, answer.status, await answer.json()]).toMatchObject([
        method,
        409,
        { code: 'other-configuration' },
      ]);
    }
});

test.each([
  ['status', [1]],
  ['status', {}],
  ['explain', []],
  ['explain', ['1']],
  ['explain', [-1]],
  ['explain', [Number.NaN]],
  ['explain', [1, 2]],
  ['openTasks', [{ agent: '../x' }]],
  ['openTasks', [{ other: 1 }]],
  ['whatIf', [[{ do: 'sell', agent: 'ada' }]]],
  ['pause', [{ agent: 'ada' }, { by: 1 }]],
  ['pause', [null]],
  ['retry', []],
  ['add', [{ title: 'x', tags: ['occurrence:x'] }]],
  ['schedules.show', ['a b']],
  ['schedules.line', ['a', 1e9]],
] as [FactsMethod, unknown][])('%s %j is refused', async (method, args) => {
  const stand = standing(() => {
    throw new Error('called');
  });
  const answer = await ask(stand, method, args);
  expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'bad-request' }]);
});

test('what is no JSON of ours is refused', async () => {
  const stand = standing(() => 1);
  const headers = { [MARK_HEADER]: STAND_MARK };
  for (const args of ['{', '{"$":"Date"}']) {
    const answer = await stand.ask(`/api/facts/status?${new URLSearchParams({ args })}`, { headers });
    expect(answer.status).toBe(400);
  }
  expect((await stand.post('/api/facts/pause', '{"args":[{"$":"Date"}]}', headers)).status).toBe(400);
});

test('who is let in by a token is told in the note too', async () => {
  const notes: unknown[] = [];
  const stand = standing((_, args) => void notes.push(args.at(-1)));
  const headers = { [MARK_HEADER]: STAND_MARK, authorization: `Bearer ${await stand.token('operate')}` };
  for (const args of [[{}, { by: 'ann@h', note: 'why' }], [{}], []]) await ask(stand, 'pause', args, headers);
  const token = expect.stringMatching(/token operate \([0-9a-f]{8}\)$/);
  expect(notes).toEqual([{ by: token, note: 'why' }, { by: token }, { by: token }]);
  expect((notes[0] as { by: string }).by).toMatch(/^ann@h, /);
});

test('these paths are not in the document', async () => {
  const stand = standing(() => 1);
  expect(await (await stand.ask('/openapi.json')).text()).not.toContain('/api/facts');
});
