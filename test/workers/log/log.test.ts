import { describe, expect, test, vi } from 'vitest';
import { NOTHING } from '../../../activities/attempt/attempt-result.ts';
import type { AttemptIds, PassEnded, Planned, SchedulerEvent } from '../../../activities/events.ts';
import type { PassReport } from '../../../contract/pass.ts';
import type { AgentLine } from '../../../domain/plan/agent-line.ts';
import type { Start, Waiting } from '../../../domain/plan/decision.ts';
import { type Health, WELL } from '../../../domain/slots/health.ts';
import { Log } from '../../../workers/log/log.ts';
import { allowed } from '../../support/allowed.ts';
import { logAtNoon } from '../../support/log-at-noon.ts';
import { atWork, lineRunOf, rankOfTask, taskOf } from '../../support/tasks.ts';

const HOUR_MS = 3_600_000;

const { lines, tell, said, pass } = logAtNoon();

const AGENTS: AgentLine[] = ['vaela', 'damien'].map((name) => ({
  name,
  queue: 'dev',
  limit: 2,
  limitByHand: null,
  paused: false,
  poolPaused: false,
  quiet: false,
  health: WELL,
}));

/** The agents, of whom vaela is so. */
function agentsWith(change: Partial<AgentLine>): AgentLine[] {
  return AGENTS.map((agent) => (agent.name === 'vaela' ? { ...agent, ...change } : agent));
}

function planned(change: Partial<Planned> = {}): Planned {
  const agents = AGENTS.map(({ name, limit }) => ({ name, limit, queue: 'dev' }));
  return {
    what: 'planned',
    registry: { agents, mode: 'queue', warnings: [] },
    full: true,
    agents: AGENTS,
    tasks: [],
    runs: [],
    waiting: [],
    starts: [],
    ...change,
  };
}

const COOLING: Health = { state: 'cooling-down', reason: 'refused', untilMs: 3_600_000, times: 1 };

const FIGURES = {
  leasesScanned: 1,
  leasesReclaimed: 0,
  unassignedMatched: 0,
  assignedSpawned: 0,
  tasksSpawned: 0,
  blockedSkipped: 0,
  errors: 0,
};

function passEnded(change: Partial<PassEnded> = {}, report: Partial<PassReport> = {}): PassEnded {
  return {
    what: 'pass-ended',
    full: true,
    sawTasks: true,
    agents: AGENTS,
    paused: false,
    enabled: true,
    report: {
      ...{ atMs: 0, tookMs: 12, started: [], waiting: [], waitingTotal: 0, errors: [], warnings: [] },
      ...{ by: '1@host', config: '', figures: FIGURES },
      ...report,
    },
    ...change,
  };
}

function startOf(id: number, pool: string | null, change: Partial<Start> = {}): Start {
  const rank = rankOfTask(id);
  return {
    task: { id, createdAt: rank.createdAt },
    semaphore: 'pool-dev',
    wants: pool === null ? 'vaela' : null,
    queue: 'dev',
    pool,
    rank,
    ...change,
  };
}

const IDS: AttemptIds = { taskId: 7, agent: 'vaela', attempt: 1, runId: 'run-7' };
const blockedBy = (taskId: number, by: number): Waiting => ({ taskId, reason: { why: 'blocked', by } });

describe('a pass', () => {
  test('in the old words, and what stays as it is is not said again', () => {
    const tasks = [taskOf(1, { queue: 'dev' }), taskOf(2, { queue: 'dev' }), taskOf(3, { queue: 'qa' })];
    const work = atWork('vaela', 9);
    const first = said(
      { what: 'pass-began', full: true, by: '1@host' },
      planned({ tasks: [...tasks, ...work.tasks], runs: work.openRuns }),
      passEnded(),
    );
    expect(first).toEqual([
      'INFO Starting reconciliation by 1@host',
      'INFO Loaded agent registry: 2 agents, with slots: vaela 2, damien 2',
      'INFO Agent types (queues): dev',
      "INFO Processing queue 'dev': 3 available slots (vaela 1, damien 2)",
      "INFO Found 2 unassigned tasks in queue 'dev'",
      'INFO Reconciliation completed in 12 ms: leases_scanned=1, leases_reclaimed=0, unassigned_matched=0, assigned_spawned=0, tasks_spawned=0, blocked_skipped=0, errors=0, waiting=0',
    ]);
    expect(said(planned({ tasks: [...tasks, ...work.tasks], runs: work.openRuns }))).toEqual([]);
    expect(said(planned({ tasks: work.tasks, runs: work.openRuns }))).toEqual([
      "INFO Found 0 unassigned tasks in queue 'dev'",
    ]);
  });

  test('an idle one is two lines, and a refill that starts nothing is none', () => {
    said(planned(), passEnded());
    expect(said({ what: 'pass-began', full: true, by: '1@host' }, planned(), passEnded())).toHaveLength(2);
    const full = false;
    expect(
      said(
        { what: 'pass-began', full, by: '1@host' },
        planned({ full, waiting: [blockedBy(1, 2)] }),
        passEnded({ full }),
      ),
    ).toEqual([]);
  });

  test('starts: whose is of a queue, whose of an agent, and who goes first', () => {
    const first = startOf(4, null, { rank: rankOfTask(4, { dependents: 3 }) });
    const starts = [first, startOf(5, 'dev')];
    const figures = { ...FIGURES, tasksSpawned: 2 };
    const full = false;
    said(planned());
    expect(said(planned({ full, starts }), passEnded({ full }, { figures }))).toEqual([
      'INFO Prioritizing 1 blocker task(s): Task 4 blocks 3 task(s)',
      'INFO Starting task 4, which is assigned to vaela',
      'INFO Starting task 5, of queue dev',
      expect.stringMatching(/^INFO Refill completed in 12 ms: .*tasks_spawned=2/),
    ]);
  });

  test('a slot is taken by who works, and not by who is in line, backs off or may not run', () => {
    const work = atWork('vaela', 9);
    const tasks = [...work.tasks, taskOf(1, { queue: 'dev' }), taskOf(2, { queue: 'dev' })];
    const runs = [...work.openRuns, lineRunOf(1)];
    const slots = (change: Partial<Planned>) =>
      said(planned({ tasks, runs, ...change })).filter((line) => line.includes('queue '));
    expect(slots({})).toEqual([
      "INFO Processing queue 'dev': 3 available slots (vaela 1, damien 2)",
      "INFO Found 1 unassigned tasks in queue 'dev'",
    ]);
    const paused = "INFO Processing queue 'dev': 2 available slots (vaela 0, damien 2)";
    expect(slots({ agents: agentsWith({ paused: true }) })).toEqual([paused]);
    expect(slots({ agents: AGENTS.map((agent) => ({ ...agent, poolPaused: true })) })).toEqual([
      "INFO Processing queue 'dev': 0 available slots (vaela 0, damien 0)",
    ]);
    expect(slots({ agents: agentsWith({ health: COOLING }) })).toEqual([paused]);
  });

  test('the assignment is said when the agent has the task, with the agent as its last word', () => {
    const claimed = {
      what: 'claimed',
      ...IDS,
      log: 'a.log',
      pool: 'dev',
      addedMs: 0,
      handedOutMs: 0,
    } as const;
    const starts = 'INFO Task 7 attempt 1 on vaela starts; log a.log, run run-7';
    expect(said({ ...claimed, assignedFrom: 'dev' })).toEqual([
      'INFO Assigning task 7 to dev agent vaela',
      starts,
    ]);
    expect(said({ ...claimed, assignedFrom: null })).toEqual([starts]);
  });

  test('a task that is skipped is said once for each reason, not for each time or figure in it', () => {
    said(planned());
    const full = (used: number): Waiting => ({
      taskId: 5,
      reason: { why: 'pool-full', queue: 'dev', used, limit: 3 },
    });
    expect(said(planned({ waiting: [full(3)] }))).toEqual([
      'INFO Skipping task 5: all slots of queue "dev" are taken (3 of 3)',
    ]);
    expect(said(planned({ waiting: [full(2)] }))).toEqual([]);
    pass(2 * HOUR_MS);
    expect(said(planned({ waiting: [full(2)] })).filter((line) => line.includes('Skipping'))).toEqual([]);
    expect(said(planned({ waiting: [blockedBy(5, 4)] }))).toEqual([
      'INFO Filtered out 1 blocked task(s): 5. Blocked tasks skipped: 1',
      'INFO Skipping task 5: blocked by task 4',
    ]);
    expect(said(planned({ waiting: [] }))).toEqual([]);
    expect(said(planned({ waiting: [full(3)] }))).toHaveLength(1);
  });

  test('10,000 tasks that wait are a few lines, fast, and then none', () => {
    said(planned());
    const waiting = Array.from({ length: 12_000 }, (_, at) => blockedBy(at + 1, 99_999));
    const startedAtMs = performance.now();
    expect(said(planned({ waiting }))).toEqual([
      expect.stringMatching(
        /^INFO Filtered out 12000 blocked task\(s\): 1, 2, .* and 11990 more\. Blocked tasks skipped: 12000$/,
      ),
      ...[1, 2, 3, 4, 5].map((id) => `INFO Skipping task ${id}: blocked by task 99999`),
      'INFO Skipping 11995 more tasks that were not skipped before, or not for this reason',
    ]);
    expect(performance.now() - startedAtMs).toBeLessThan(allowed(1_000));
    // Beyond 10,000 they are not remembered one by one, only counted.
    expect(said(planned({ waiting }))).toHaveLength(1);
    expect(said(planned({ waiting: waiting.slice(0, 9_000) }))).toHaveLength(1);
  });
});

describe('what lasts is said when it begins, each hour, and when it ends', () => {
  const WARNED = { warnings: ['the control file cannot be used'] };
  test.each<[string, SchedulerEvent, SchedulerEvent, string, string]>([
    [
      'a warning of passes',
      passEnded({ full: false }, WARNED),
      passEnded({ full: false }),
      'WARNING the control file cannot be used',
      'INFO Over: the control file cannot be used',
    ],
    [
      'TinyTask away',
      { what: 'tinytask', problem: 'TinyTask does not answer' },
      { what: 'tinytask', problem: null },
      'ERROR TinyTask does not answer',
      'INFO TinyTask answers again',
    ],
    [
      'Temporal away',
      { what: 'temporal', address: 'h:1', problem: 'no answer' },
      { what: 'temporal', address: 'h:1', problem: null },
      'ERROR Temporal at h:1 cannot be used; it is tried again: no answer',
      'INFO Temporal at h:1 answers again',
    ],
    [
      'a pause',
      passEnded({ full: false, paused: true }),
      passEnded({ full: false }),
      'INFO The scheduler is paused: nothing starts until `tinyscheduler resume`',
      'INFO The scheduler is no longer paused',
    ],
    [
      'all agents stopped',
      passEnded({ full: false, paused: true, stopped: true }),
      passEnded({ full: false }),
      'INFO All agents are stopped: nothing starts until `tinyscheduler start-agents`',
      'INFO The agents are no longer stopped',
    ],
    [
      'an agent that is stopped',
      passEnded({ full: false, agents: agentsWith({ stopped: true }) }),
      passEnded({ full: false }),
      'INFO Agent vaela is stopped: nothing starts there until `tinyscheduler start-agents --agent vaela`',
      'INFO Agent vaela is no longer stopped',
    ],
    [
      'a queue that is stopped, however many agents it has',
      passEnded({ full: false, agents: AGENTS.map((agent) => ({ ...agent, poolStopped: true })) }),
      passEnded({ full: false }),
      'INFO Queue dev is stopped: nothing starts there until `tinyscheduler start-agents --queue dev`',
      'INFO Queue dev is no longer stopped',
    ],
    [
      'an agent that is paused',
      passEnded({ full: false, agents: agentsWith({ paused: true }) }),
      passEnded({ full: false }),
      'INFO Agent vaela is paused: it is given nothing until `tinyscheduler resume --agent vaela`',
      'INFO Agent vaela is no longer paused',
    ],
    [
      'a queue that is paused, however many agents it has',
      passEnded({ full: false, agents: AGENTS.map((agent) => ({ ...agent, poolPaused: true })) }),
      passEnded({ full: false }),
      'INFO Queue dev is paused: it is given nothing until `tinyscheduler resume --queue dev`',
      'INFO Queue dev is no longer paused',
    ],
    [
      'an agent that cools down',
      passEnded({ full: false, agents: agentsWith({ health: COOLING }) }),
      passEnded({ full: false }),
      'WARNING Agent vaela cools down until 01:00:00 UTC: refused',
      'INFO Agent vaela is no longer held back',
    ],
  ])('%s', (_, holds, over, begins, ends) => {
    expect(said(over)).toEqual([]);
    expect(said(holds, holds, holds)).toEqual([begins]);
    pass(HOUR_MS - 1);
    expect(said(holds)).toEqual([]);
    pass(1);
    expect(said(holds, holds)).toEqual([`${begins} (since 2026-01-31T12:00:00)`]);
    expect(said(over, over)).toEqual([ends]);
    expect(said(holds)).toEqual([begins]);
  });

  test('what lasts over midnight is said in the file of the new day', () => {
    vi.setSystemTime(new Date(2026, 0, 31, 23, 59));
    said(planned());
    vi.setSystemTime(new Date(2026, 1, 1, 0, 0));
    expect(said(planned())).toContain(
      'INFO Loaded agent registry: 2 agents, with slots: vaela 2, damien 2 (since 2026-01-31T23:59:00)',
    );
  });

  test('while TinyTask is away its error is said once, and nothing counts as over', () => {
    const cycle = { cycles: ['tasks 1, 2 wait for each other'] };
    said(passEnded({ full: false }, cycle));
    const down = { what: 'tinytask', problem: 'no answer' } as const;
    const ended = passEnded({ full: false, sawTasks: false }, { errors: ['no answer'] });
    expect(said(down, ended, down, ended)).toEqual(['ERROR no answer']);
    expect(said({ what: 'tinytask', problem: null }, passEnded({ full: false }, cycle))).toEqual([
      'INFO TinyTask answers again',
    ]);
  });

  test('an agent that cannot run is tried each interval and told of once', () => {
    const health: Health = { state: 'misconfigured', reason: 'no recipe', untilMs: 0, times: 1 };
    const agents = agentsWith({ health }).filter(({ name }) => name === 'vaela');
    said(planned());
    const verdict = { kind: 'misconfigured' as const, reason: 'no recipe' };
    const attempt = (attempt: number): SchedulerEvent[] => [
      planned({ full: false, agents, starts: [startOf(7, 'dev')] }),
      { what: 'attempt-ended', ...IDS, attempt, result: { ...NOTHING, verdict } },
      {
        ...{ what: 'settled', ...IDS, attempt, verdict: 'misconfigured', tokens: null },
        wrote: 'nothing',
        claimed: false,
        outcome: { task: 'untouched' },
        follow: { next: 'end' },
      },
    ];
    expect(said(...attempt(1), ...attempt(2), ...attempt(3))).toEqual([
      'INFO Starting task 7, of queue dev',
      'WARNING Task 7 attempt 1 on vaela did not start: misconfigured, no recipe; run run-7',
    ]);
  });

  test('a start is a try only where no agent that is well may take the task', () => {
    said(planned());
    const agents = agentsWith({ health: COOLING });
    const start = (pool: string | null) => said(planned({ full: false, agents, starts: [startOf(7, pool)] }));
    expect([start('dev'), start('dev')].map((lines) => lines.length)).toEqual([1, 1]);
    expect([start(null), start(null)].map((lines) => lines.length)).toEqual([1, 0]);
  });

  test('a result that cannot be written is said once, until it is', () => {
    const fails = { what: 'not-settled', ...IDS, problem: 'TinyTask is away' } as const;
    expect(said(fails, fails)).toEqual([
      'WARNING Task 7 attempt 1 on vaela: its result is not written to TinyTask yet: TinyTask is away',
    ]);
    const settled = {
      what: 'settled',
      ...IDS,
      verdict: 'completed',
      tokens: 5,
      wrote: 'complete',
      follow: { next: 'end' },
      claimed: true,
    } as const;
    expect(said({ ...settled, outcome: { task: 'complete', by: 'us' } })).toEqual([
      'INFO Task 7 attempt 1 on vaela: set to complete; run run-7',
    ]);
  });
});

test('texts are one line of at most 600 characters, and cannot forge another', () => {
  const esc = String.fromCharCode(27);
  const forged = `x\n2026-01-31T12:00:00|ERROR - forged${esc}[2J${esc}]0;t\u0007\u009b\u202e\u2028y`;
  expect(said({ what: 'problem', about: 'host', problem: forged })).toEqual([
    'WARNING x 2026-01-31T12:00:00|ERROR - forged [2J ]0;t y',
  ]);
  const long: Waiting = { taskId: 1, reason: { why: 'no-agent-for-queue', queue: 'q'.repeat(2_000_000) } };
  const skipped = said(planned({ waiting: [long] })).at(-1) ?? '';
  expect(skipped.length).toBeLessThan(620);
});

test('of many things that last, those told of last are known', () => {
  said(planned());
  for (let n = 0; n < 3_000; n += 1) {
    const runId = `run-${n}`;
    tell({ what: 'not-settled', ...IDS, runId, problem: 'away' });
    if (n % 500 === 0) tell(planned());
  }
  const told = lines.splice(0).filter(({ text }) => !text.includes('its result is not written'));
  expect(told).toEqual([]);
  expect(said(planned())).toEqual([]);
  expect(said({ what: 'not-settled', ...IDS, runId: 'run-2999', problem: 'away' })).toEqual([]);
});

test('the id of a pass is on what it says, in words and as a field', () => {
  const pass = '01a21c34-77d0-3';
  tell({ what: 'pass-began', full: true, by: '1@host', pass });
  tell({ ...planned({ starts: [startOf(7, 'dev')], waiting: [blockedBy(8, 7)] }), pass });
  tell({ ...passEnded(), pass });
  expect(lines.map(({ fields }) => fields?.pass)).toEqual(lines.map(() => pass));
  const texts = lines.splice(0).map(({ text }) => text);
  expect(texts.filter((text) => text.endsWith(`; pass ${pass}`))).toEqual([
    expect.stringMatching(/^Starting reconciliation by 1@host; /),
    expect.stringMatching(/^Starting task 7, of queue dev; /),
    expect.stringMatching(/^Reconciliation completed in /),
  ]);
  // What lasts is not said again because the pass is another one.
  tell({ ...planned({ waiting: [blockedBy(8, 7)] }), pass: '01a21c34-77d0-4' });
  expect(said()).toEqual([]);
});

test('settings that were taken from the env file are named', () => {
  const variables = ['TINYSCHEDULER_MAX_ATTEMPTS', 'TINYSCHEDULER_STALL_SEC'];
  expect(said({ what: 'settings-taken', variables })).toEqual([
    'INFO The env file has changed; from now on its values of these count: TINYSCHEDULER_MAX_ATTEMPTS, TINYSCHEDULER_STALL_SEC',
  ]);
});

test('a destination gets what is of its level', () => {
  const warnings: string[] = [];
  const log = new Log([{ level: 'WARNING', to: ({ text }) => warnings.push(text) }]);
  log.tell({ what: 'stopped' });
  log.tell({ what: 'problem', about: 'host', problem: 'p' });
  expect(warnings).toEqual(['p']);
});

test('worktrees that are beyond what stays: one that is removed, and, now and then, one that is kept', () => {
  const facts = { agent: 'vaela', taskId: 42, path: '/w/task-42', branch: 'tinyscheduler/task-42' };
  const event = (kept: string | null, unmerged = 0) =>
    ({ what: 'worktree-beyond', ...facts, kept, unmerged }) as const;
  expect(said(event(null), event(null, 3))).toEqual([
    'INFO The worktree /w/task-42 of task 42 is removed; its branch tinyscheduler/task-42 stays',
    'INFO The worktree /w/task-42 of task 42 is removed; its branch tinyscheduler/task-42 stays, with 3 commits that are not merged',
  ]);
  const kept = event('2 of its files are not committed');
  expect(said(kept, kept)).toEqual([
    'WARNING The worktree /w/task-42 of task 42 is beyond what vaela keeps, and stays, since 2 of its files are not committed',
  ]);
});
