import { expect, test } from 'vitest';
import type { Reason } from '../../domain/plan/reason.ts';
import { sayReason } from '../../words/reason.ts';

const untilMs = Date.UTC(2026, 0, 1, 12, 30, 5);
const budget = {
  ...{ tokensPerDay: 200_000, timeZone: 'Europe/Berlin', untilMs: Date.UTC(2026, 10, 26, 23) },
  ...{ used: 200_000, unknown: 0, unknownAttempts: 0, reserved: 0 },
};
/** By name, so that the compiler asks for each member of the union. */
const SAYS: { [W in Reason['why']]: [Extract<Reason, { why: W }>, string][] } = {
  starting: [
    [{ why: 'starting', agent: 'ada', queue: 'dev' }, 'can start on ada as soon as the scheduler looks'],
    [
      { why: 'starting', agent: null, queue: 'dev' },
      'can start in queue "dev" as soon as the scheduler looks',
    ],
  ],
  'slot-due': [[{ why: 'slot-due' }, 'it is next: it gets a slot as soon as one is certainly free']],
  running: [
    [{ why: 'running', agent: 'ada' }, 'already has a run, on ada'],
    [{ why: 'running', agent: null }, 'already has a run'],
  ],
  'backing-off': [
    [
      { why: 'backing-off', agent: 'ada' },
      'its last attempt on ada failed; it runs again after the back-off',
    ],
    [{ why: 'backing-off', agent: null }, 'its last attempt failed; it runs again after the back-off'],
  ],
  parked: [
    [{ why: 'parked', agent: 'ada' }, 'parked: it runs again after `retry` (its last comment says why)'],
  ],
  'working-elsewhere': [
    [
      { why: 'working-elsewhere', by: null },
      'is working, but nobody is assigned and no run of ours has it; `retry` takes it',
    ],
    [
      { why: 'working-elsewhere', by: 'bob' },
      'is being worked on by bob, not by a run of ours; `retry` takes it',
    ],
  ],
  'run-dying': [
    [
      { why: 'run-dying', untilMs },
      'its last run was ended from outside; its processes are certainly gone at 12:30:05 UTC, and then it is taken back',
    ],
  ],
  blocked: [[{ why: 'blocked', by: 7 }, 'blocked by task 7']],
  cycle: [
    [
      { why: 'cycle', ids: [1, 2] },
      'waits for itself: 1 waits for 2 waits for 1; remove one of these blockers',
    ],
    [{ why: 'cycle', ids: [3] }, 'waits for itself: 3 waits for 3; remove one of these blockers'],
  ],
  'open-subtasks': [
    [{ why: 'open-subtasks', ids: [2] }, 'waits for its open subtask 2'],
    [{ why: 'open-subtasks', ids: [2, 3] }, 'waits for its open subtasks 2, 3'],
    [
      { why: 'open-subtasks', ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
      'waits for its open subtasks 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … (12)',
    ],
  ],
  'scheduler-paused': [[{ why: 'scheduler-paused' }, 'the scheduler is paused (`resume` goes on)']],
  'scheduler-disabled': [
    [{ why: 'scheduler-disabled' }, 'the scheduler is disabled (TINYSCHEDULER_ENABLED)'],
  ],
  unassigned: [[{ why: 'unassigned' }, 'has neither a queue nor an agent; give it one']],
  'not-released': [
    [
      { why: 'not-released', occurrence: 'occurrence-nightly-2026-11-26T03:00:00Z' },
      'is of occurrence-nightly-2026-11-26T03:00:00Z, which has not given it to a queue or an agent yet',
    ],
  ],
  'legacy-unassigned': [
    [
      { why: 'legacy-unassigned' },
      'has no agent, and in legacy mode (no agent control file) only assigned tasks run',
    ],
  ],
  'no-agent-for-queue': [
    [
      { why: 'no-agent-for-queue', queue: 'dev' },
      'no agent serves queue "dev"; add one with this agentType to the agent control file',
    ],
  ],
  'unknown-agent': [
    [
      { why: 'unknown-agent', agent: 'x"' },
      'assigned to "x"", which is neither in the agent control file nor in the agent limits',
    ],
    [
      { why: 'unknown-agent', agent: 'commands' },
      'assigned to "commands", which runs the programs of schedules, and is off: TINYSCHEDULER_BIN_DIR is not set',
    ],
  ],
  'limit-zero': [[{ why: 'limit-zero', agent: 'ada' }, 'ada has 0 slots']],
  'agent-paused': [[{ why: 'agent-paused', agent: 'ada' }, 'ada is paused (`resume --agent ada` goes on)']],
  'pool-paused': [
    [{ why: 'pool-paused', queue: 'dev' }, 'queue "dev" is paused (`resume --queue dev` goes on)'],
  ],
  'pool-held': [
    [
      { why: 'pool-held', queue: 'dev', untilMs, reason: 'quota', taken: 3 },
      'queue "dev" is held: the same trouble took 3 of its agents (quota); one task tries from 12:30:05 UTC on',
    ],
    [
      { why: 'pool-held', queue: 'dev', untilMs, reason: 'quota', taken: 3, trying: true },
      'queue "dev" is held: the same trouble took 3 of its agents (quota); one task tries now',
    ],
  ],
  'agent-quiet': [
    [
      { why: 'agent-quiet', agent: 'ada' },
      'it is being found out who holds the slots of ada: its semaphore was ended, or it comes from another pool',
    ],
  ],
  'agent-cooling-down': [
    [
      { why: 'agent-cooling-down', agent: 'ada', untilMs, reason: 'quota' },
      'ada cools down until 12:30:05 UTC: quota',
    ],
    [
      { why: 'agent-cooling-down', agent: 'ada', untilMs, reason: 'quota', probing: true },
      'one task tries whether ada works again: quota',
    ],
  ],
  'agent-misconfigured': [
    [
      { why: 'agent-misconfigured', agent: 'ada', untilMs, reason: 'no recipe' },
      'ada cannot run (no recipe); tried again at 12:30:05 UTC',
    ],
    [
      { why: 'agent-misconfigured', agent: 'ada', untilMs, reason: 'no recipe', probing: true },
      'one task tries whether ada can run now: no recipe',
    ],
  ],
  'agent-budget': [
    [
      { why: 'agent-budget', agent: 'vaela', budget },
      'the budget of vaela for today is used: 200,000 of 200,000 tokens, again at 00:00 Europe/Berlin',
    ],
    [
      { why: 'agent-budget', agent: 'vaela', budget: { ...budget, used: 150_000, reserved: 60_000 } },
      'the budget of vaela for today is used: 150,000 and 60,000 reserved for what runs, of 200,000 tokens, again at 00:00 Europe/Berlin',
    ],
    [
      {
        ...{ why: 'agent-budget', agent: 'vaela' },
        budget: {
          ...{ ...budget, timeZone: 'Nowhere/At-All' },
          ...{ used: 150_000, unknown: 50_000, unknownAttempts: 2 },
        },
      },
      'the budget of vaela for today is used: at least 150,000 and about 50,000 for 2 attempts that nobody counted, of 200,000 tokens, again at 23:00 UTC',
    ],
  ],
  'pool-budget': [
    [
      { why: 'pool-budget', queue: 'dev', budget },
      'the budget of queue "dev" for today is used: 200,000 of 200,000 tokens, again at 00:00 Europe/Berlin',
    ],
  ],
  'agent-full': [
    [{ why: 'agent-full', agent: 'ada', used: 2, limit: 2 }, 'all slots of ada are taken (2 of 2)'],
    [{ why: 'agent-full', agent: 'ada', used: 4, limit: 2 }, 'all slots of ada are taken (2, with 4 runs)'],
    [
      { why: 'agent-full', agent: 'ada', used: 3, held: 2, limit: 2 },
      'all slots of ada are taken (2, with 3 runs)',
    ],
    [
      { why: 'agent-full', agent: 'ada', used: 2, held: 0, limit: 2 },
      'all slots of ada are taken or go to tasks before it (2)',
    ],
  ],
  'pool-full': [
    [{ why: 'pool-full', queue: 'dev', used: 3, limit: 3 }, 'all slots of queue "dev" are taken (3 of 3)'],
    [
      { why: 'pool-full', queue: 'dev', used: 4, held: 2, limit: 3 },
      'all slots of queue "dev" are taken or go to tasks before it (3)',
    ],
  ],
  'pool-unavailable': [
    [
      { why: 'pool-unavailable', queue: 'dev', obstacles: [{ why: 'agent-paused', agent: 'ada' }] },
      'no agent of queue "dev" can run now: ada is paused (`resume --agent ada` goes on)',
    ],
    [
      {
        ...{ why: 'pool-unavailable', queue: 'dev', more: 2 },
        obstacles: [
          { why: 'limit-zero', agent: 'ada' },
          { why: 'agent-quiet', agent: 'bob' },
        ],
      },
      'no agent of queue "dev" can run now: ada has 0 slots; it is being found out who holds the slots of bob: its semaphore was ended, or it comes from another pool; and 2 more',
    ],
  ],
  'starts-limited': [
    [{ why: 'starts-limited', limit: 50 }, '50 tasks were started in one go; the next go follows at once'],
  ],
};

test.each(Object.values(SAYS).flat())('%j', (reason, says) => {
  expect(sayReason(reason)).toBe(says);
});
