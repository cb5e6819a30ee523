import { describe, expect, test } from 'vitest';
import { sightOf } from '../../../client/notify/conditions.ts';
import type { Snapshot } from '../../../client/snapshot.ts';
import type { AttemptProgress } from '../../../contract/activities.ts';
import type { Absence } from '../../../domain/notify/condition.ts';
import type { Health } from '../../../domain/slots/health.ts';
import { WELL } from '../../../domain/slots/health.ts';
import type { KnownRun } from '../../../temporal/runs.ts';

const T = 1_764_000_000_000;
const HOUR = 3_600_000;
const LIMITS = { silentMs: 15_000, maxRuntimeMs: HOUR };

const agent = (name: string, more: Partial<Snapshot['agents'][number]> = {}) => ({
  ...{ name, queue: 'dev', limit: 1, limitByHand: null, paused: false, poolPaused: false, quiet: false },
  ...{ health: WELL, ...more },
});
const unwell = (state: 'cooling-down' | 'misconfigured'): Health => ({
  ...{ state, reason: 'S3CRET', untilMs: T, times: 1 },
});
const run = (taskId: number, phase: KnownRun['phase'], more: Partial<KnownRun> = {}): KnownRun => ({
  ...{
    workflowId: `task-${taskId}`,
    runId: 'r',
    taskId,
    agent: 'ada',
    queue: 'dev',
    phase,
    startedAtMs: T - 9 * HOUR,
  },
  ...{ closedAtMs: null, inOrder: false, continued: false, attempt: null },
  memo: {
    past: { number: 3, used: 3, lost: 0, unfinished: 0, outages: 0 },
    ...{
      createdAt: 'c',
      semaphore: 'pool-dev',
      wants: null,
      rankedAtMs: 0,
      why: 'S3CRET',
      verdict: 'stalled',
    },
    rank: { first: false, dependents: 0, priority: 0, createdAt: 'c', id: taskId },
  },
  ...more,
});
const SERVED = { exists: true, daemon: 'd', paused: false, enabled: true } as Snapshot['scheduler'];
const running = (taskId: number, forMs: number, of = 'ada', progress: AttemptProgress = {}) =>
  run(taskId, 'running', {
    agent: of,
    attempt: { startedAtMs: T - forMs, heardAtMs: T, worker: 'w', progress },
  });
const today = (used: number, unknown = 0) => ({
  ...{ day: '2026-11-26', endsMs: T + HOUR, used, unknown, unknownAttempts: 0, reserved: 500, unreserved: 0 },
});
const budget = (used: number, unknown?: number) => ({
  ...{ tokensPerDay: 1_000, timeZone: 'UTC', today: today(used, unknown) },
});

function snapshot(more: Partial<Snapshot>): Snapshot {
  return {
    scheduler: SERVED,
    ...{ answer: undefined, inForce: { mode: 'queues', enabled: true, blockingDisabled: false } },
    ...{ agents: [], rules: new Map(), deeds: new Map(), runs: [], tasks: [], planned: undefined },
    ...{ older: undefined, planInput: undefined, troubled: { troubles: [], more: 0 }, problems: [] },
    ...{ complaints: [], warnings: [], nowMs: T },
    ...more,
  } as Snapshot;
}

const sight = (more: Partial<Snapshot>) => sightOf(snapshot(more), LIMITS);
const found = (more: Partial<Snapshot>) => sight(more).present;
const keys = (more: Partial<Snapshot>) => found(more).map(({ key, level }) => `${key}@${level}`);

describe('facts -> conditions', () => {
  const table: [what: string, facts: Partial<Snapshot>, keys: string[]][] = [
    ['nothing', {}, []],
    ['well agents and what runs', { agents: [agent('ada')], runs: [running(1, 1_000)] }, []],
    ['a parked task, by its attempt', { runs: [run(1, 'parked'), run(2, 'backing-off')] }, ['parked/1@3']],
    [
      'unwell agents',
      {
        agents: [
          agent('ada', { health: unwell('cooling-down') }),
          agent('bob', { health: unwell('misconfigured'), queue: null }),
        ],
      },
      ['unwell/ada@1', 'unwell/bob@1'],
    ],
    [
      'what a person has turned off is as that person wants it',
      {
        agents: [
          agent('ada', { paused: true, health: unwell('cooling-down') }),
          agent('bob', { stopped: true, health: unwell('misconfigured') }),
          agent('cem', { poolPaused: true, health: unwell('misconfigured') }),
          agent('dev', { poolStopped: true, health: unwell('misconfigured') }),
        ],
      },
      [],
    ],
    ['a run within its limit', { runs: [running(1, 0.79 * HOUR)] }, []],
    ['one that has used 80 % of it', { runs: [running(1, 0.8 * HOUR)] }, ['late/1@3']],
    [
      "the agent's own limit counts",
      {
        runs: [running(1, 0.9 * HOUR), running(2, 0.9 * HOUR, 'bob')],
        rules: new Map([['ada', { maxRuntimeMs: 2 * HOUR }]]),
      },
      ['late/2@3'],
    ],
    [
      'one of which the result is written back is not late, however old it is',
      { scheduler: SERVED, runs: [run(1, 'running')] },
      [],
    ],
    [
      'its own limit counts, from when its goose began',
      {
        runs: [
          running(1, 0.9 * HOUR, 'ada', { limitMs: 2 * HOUR }),
          running(2, 0.9 * HOUR, 'ada', { begunMs: T - 0.7 * HOUR }),
          running(3, 0.5 * HOUR, 'ada', { limitMs: 0.5 * HOUR }),
        ],
      },
      ['late/3@3'],
    ],
    [
      'one that waits for a host is not late, nor one whose host is gone',
      {
        runs: [
          run(1, 'running', { attempt: { startedAtMs: null, heardAtMs: null, worker: null } }),
          run(2, 'running', { attempt: { startedAtMs: 0, heardAtMs: T - 60_000, worker: 'w' } }),
        ],
      },
      [],
    ],
    [
      'each trouble of a schedule, and how many more there are',
      {
        troubled: {
          troubles: [
            { schedule: 's', trouble: { problem: 'missed', count: 2, newestMs: T } },
            { schedule: 's', trouble: { problem: 'bad-ends', inARow: 3, reason: 'S3CRET' } },
            { schedule: 't', trouble: { problem: 'did-not-fire', dueMs: T } },
            { schedule: 't', trouble: { problem: 'not-kept', text: 'S3CRET' } },
          ],
          more: 7,
        },
      },
      [
        'schedule/s/missed@1',
        'schedule/s/bad-ends@1',
        'schedule/t/did-not-fire@1',
        'schedule/t/not-kept@1',
        'schedule/more@1',
      ],
    ],
    ['less than 80 % of a budget', { agents: [agent('ada', { budget: budget(799) })] }, []],
    ['80 %', { agents: [agent('ada', { budget: budget(700, 100) })] }, ['budget/agent/ada/2026-11-26@80']],
    ['all of it', { agents: [agent('ada', { budget: budget(1_000) })] }, ['budget/agent/ada/2026-11-26@100']],
    [
      'that of a pool once',
      { agents: [agent('ada', { poolBudget: budget(900) }), agent('bob', { poolBudget: budget(900) })] },
      ['budget/pool/dev/2026-11-26@80'],
    ],
    ['a day that is over', { agents: [agent('ada', { budget: budget(1_000) })], nowMs: T + 2 * HOUR }, []],
  ];
  test.each(table)('%s', (_, facts, expected) => {
    expect(keys(facts)).toEqual(expected);
  });

  test('nothing that others wrote is in them', () => {
    const all = table.flatMap(([, facts]) => found(facts));
    expect(JSON.stringify(all)).not.toContain('S3CRET');
  });

  test('since when it is late is told', () => {
    const [late] = found({ runs: [running(1, HOUR)] });
    expect(late).toMatchObject({ sinceMs: T - 0.2 * HOUR, facts: { limitMs: HOUR, agent: 'ada' } });
  });
});

describe('a known condition that is not found any more', () => {
  const many = { troubled: { troubles: [], more: 1 } };
  const table: [what: string, key: string, facts: Partial<Snapshot>, absence: Absence][] = [
    ['is over', 'parked/1', {}, 'over'],
    ['an agent is well', 'unwell/ada', { agents: [agent('ada')] }, 'over'],
    ['a person has turned it off', 'unwell/ada', { agents: [agent('ada', { paused: true })] }, 'dropped'],
    ['or its pool', 'unwell/ada', { agents: [agent('ada', { poolStopped: true })] }, 'dropped'],
    ['it is not configured any more', 'unwell/ada', { agents: [agent('bob')] }, 'dropped'],
    [
      'it leaves',
      'unwell/ada',
      { scheduler: SERVED, runs: [running(1, 1_000)], agents: [agent('bob')] },
      'dropped',
    ],
    ['agents beyond those that are told', 'unwell/more', {}, 'over'],
    ['all schedules in trouble were read', 'schedule/s/missed', {}, 'over'],
    ['there are more than were read', 'schedule/s/missed', many, 'unseen'],
    ['there is budget again', 'budget/agent/ada/2026-11-25', { agents: [agent('ada')] }, 'over'],
    [
      "the next day's is used, too",
      'budget/agent/ada/2026-11-25',
      { agents: [agent('ada', { budget: budget(900) })] },
      'dropped',
    ],
    [
      'and that of a pool',
      'budget/pool/dev/2026-11-25',
      { agents: [agent('ada', { poolBudget: budget(900) })] },
      'dropped',
    ],
    ['whose budget it was is gone', 'budget/agent/ada/2026-11-25', { agents: [agent('bob')] }, 'dropped'],
    ['budgets beyond those that are told', 'budget/more', {}, 'over'],
  ];
  test.each(table)('%s', (_, key, facts, absence) => {
    expect(sight(facts).absence(key)).toBe(absence);
  });
});
