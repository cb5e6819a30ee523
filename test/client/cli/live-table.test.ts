import { describe, expect, test } from 'vitest';
import { width } from '../../../client/cli/show/cells.ts';
import { ChangeLines } from '../../../client/cli/show/change-lines.ts';
import { type LiveView, tableLines } from '../../../client/cli/show/live-table.ts';
import { taskRows } from '../../../client/cli/show/task-rows.ts';
import { paint } from '../../../client/cli/show/terminal.ts';
import type { AgentStatus, RunLine, RunState, Status } from '../../../contract/status.ts';
import { WELL } from '../../../domain/slots/health.ts';
import type { Task } from '../../../domain/task.ts';
import { sayProblems } from '../../../words/problem.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

function task(id: number, changes: Partial<Task> = {}): Task {
  return {
    id,
    title: `Task number ${id}`,
    description: null,
    status: 'idle',
    assignedTo: null,
    previousAssignedTo: null,
    createdBy: 'test',
    priority: 0,
    tags: [],
    parentTaskId: null,
    queue: 'dev',
    blockedByTaskId: null,
    createdAt: '2026-11-21T11:00:00Z',
    updatedAt: '2026-11-21T11:00:00Z',
    archivedAt: null,
    isCurrentlyBlocked: false,
    ...changes,
  };
}

const PHASES = {
  'waiting-for-slot': 'waiting',
  'waiting-for-host': 'running',
  running: 'running',
  interrupted: 'running',
  'backing-off': 'backing-off',
  parked: 'parked',
} as const;

function run(taskId: number, state: RunState, changes: Partial<RunLine> = {}): RunLine {
  const phase = PHASES[state];
  return {
    taskId,
    agent: 'vaela',
    whose: { queue: 'dev' },
    queue: 'dev',
    phase,
    state,
    attempt: 1,
    sinceMs: NOW_MS - 4_000,
    ...changes,
  };
}

function agent(name: string, changes: Partial<AgentStatus> = {}): AgentStatus {
  const slots = { limit: 1, held: 0, waiting: 0 };
  return { name, queue: 'qa', ...slots, paused: false, poolPaused: false, health: WELL, ...changes };
}

function status(changes: Partial<Status> = {}): Status {
  return {
    scheduler: 'running',
    exists: true,
    paused: false,
    enabled: true,
    daemon: '1@here',
    agents: [
      agent('vaela', { queue: 'dev', limit: 2, held: 1, waiting: 1 }),
      agent('oscar', { paused: true }),
    ],
    running: [],
    interrupted: [],
    queued: [],
    backingOff: [],
    parked: [],
    waiting: [],
    lastPass: null,
    problems: [],
    ...changes,
  };
}

const FOOTER: LiveView['footer'] = [
  ['Web UI', `http://127.0.0.1:8233/${'long/'.repeat(20)}`, 'http://127.0.0.1:8233'],
  ['Try next', './tinyscheduler add "x"'],
];

function table(of: Status, tasks: Task[], columns = 100, rows = 40, colour = false): string[] {
  const view = {
    status: of,
    problems: sayProblems(of.problems),
    rows: taskRows(of, tasks, NOW_MS),
    footer: FOOTER,
  };
  return tableLines(view, { columns, rows }).map((line) => paint(line, colour));
}

describe('the state of a task', () => {
  const cases: [string, Partial<Status>, Partial<Task>, string][] = [
    ['runs', { running: [run(1, 'running')] }, { status: 'working' }, 'running 4 s'],
    ['runs again', { running: [run(1, 'running', { attempt: 2 })] }, {}, 'running 4 s, attempt 2'],
    [
      'waits in line for any of its queue',
      { queued: [run(1, 'waiting-for-slot', { agent: null })] },
      {},
      'waits in line for a slot of queue "dev"',
    ],
    [
      'waits in line for its agent, and why',
      {
        queued: [
          run(1, 'waiting-for-slot', {
            whose: { agent: 'vaela' },
            waits: { reason: { why: 'agent-paused', agent: 'vaela' } },
          }),
        ],
      },
      {},
      'waits in line for a slot of vaela: vaela is paused (`resume --agent vaela` goes on)',
    ],
    [
      'has a slot and no host yet',
      { queued: [run(1, 'waiting-for-host')] },
      {},
      'has a slot of vaela, and waits for a goose host with room',
    ],
    [
      'has lost its host',
      { interrupted: [run(1, 'interrupted')] },
      {},
      'was interrupted on vaela, and runs again when a daemon or `run --once` is there',
    ],
    [
      'backs off',
      { backingOff: [run(1, 'backing-off')] },
      {},
      'backs off after a failed attempt on vaela, and then runs again',
    ],
    [
      'is parked',
      { parked: [run(1, 'parked')] },
      {},
      'is parked: it runs again after `retry` (its last comment says why)',
    ],
    ['is blocked', { waiting: [{ taskId: 1, reason: { why: 'blocked', by: 3 } }] }, {}, 'blocked by task 3'],
    ['belongs to somebody else', {}, { status: 'working', assignedTo: 'ann' }, 'working (ann)'],
    ['is complete', {}, { status: 'complete' }, 'complete'],
    [
      'is complete, its run about to end',
      { running: [run(1, 'running')] },
      { status: 'complete' },
      'complete',
    ],
    ['nothing is known of', {}, {}, 'idle'],
  ];
  test.each(cases)('that %s', (_, ofStatus, ofTask, expected) => {
    expect(taskRows(status(ofStatus), [task(1, ofTask)], NOW_MS)[0]?.state).toBe(expected);
  });

  test('archived tasks are left out', () => {
    expect(taskRows(status(), [task(1, { archivedAt: '2026-11-21T11:00:00Z' })], NOW_MS)).toEqual([]);
  });
});

describe('the table', () => {
  test('shows agents with their slots, tasks by id, and what to try next', () => {
    const of = status({ running: [run(2, 'running')] });
    expect(
      table(of, [task(2, { status: 'working' }), task(1, { status: 'complete', assignedTo: 'vaela' })]),
    ).toEqual([
      'TinyScheduler  running   2 tasks: 1 running, 1 complete',
      '',
      '  AGENT  QUEUE  SLOTS  WAITING  STATE',
      '  vaela  dev    1/2    1        ready',
      '  oscar  qa     0/1    0        paused',
      '',
      '  ID  TASK           AGENT  STATE',
      '   1  Task number 1  vaela  complete',
      '   2  Task number 2  vaela  running 4 s',
      '',
      'Web UI    http://127.0.0.1:8233',
      'Try next  ./tinyscheduler add "x"',
    ]);
  });

  test.each<[string, Partial<AgentStatus>, string]>([
    ['by itself', { paused: true }, 'paused'],
    ['with its queue', { poolPaused: true }, 'its queue is paused'],
    [
      'in both ways, of which the queue is the wider',
      { paused: true, poolPaused: true },
      'its queue is paused',
    ],
  ])('says that an agent is paused %s', (_, of, says) => {
    const lines = table(status({ agents: [agent('oscar', of)] }), [], 100, 40, true);
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`oscar .*\\x1b\\[33m${says}\\x1b`)));
  });

  test.each([20, 40, 80, 200])(
    'fits %d columns, wide characters and escape codes in titles included',
    (columns) => {
      const titles = ['plain '.repeat(40), '漢字'.repeat(40), '🪿'.repeat(60), '\x1b[31mred\x1b[2J\r\nnext'];
      const of = status({
        problems: [{ what: 'warning', text: 'wrong '.repeat(60) }],
        parked: [run(1, 'parked')],
      });
      const lines = table(
        of,
        titles.map((title, index) => task(index + 1, { title })),
        columns,
      );
      for (const line of lines) expect(width(line), line).toBeLessThan(Math.max(columns, 21));
      expect(lines.join('')).not.toContain('\x1b');
    },
  );

  test.each([1, 5, 12, 24, 40])('fits %d rows, the most relevant tasks first', (rows) => {
    const tasks = Array.from({ length: 60 }, (_, index) => task(index + 1, { status: 'complete' }));
    tasks[49] = task(50, { status: 'working' });
    const lines = table(status({ running: [run(50, 'running')] }), tasks, 100, rows);
    expect(lines.length).toBeLessThan(Math.max(2, rows));
    if (rows >= 12) expect(lines.join('\n')).toContain('Task number 50');
    if (rows >= 24) expect(lines.join('\n')).toMatch(/… and \d\d more/);
  });

  test('says how many tasks it leaves out, and counts right', () => {
    const tasks = Array.from({ length: 60 }, (_, index) => task(index + 1));
    const lines = table(status(), tasks, 100, 24);
    const shown = lines.filter((line) => line.includes('Task number')).length;
    expect(lines.join('\n')).toContain(`and ${60 - shown} more`);
  });

  test('has colours only where they are wanted', () => {
    const of = status({ running: [run(1, 'running')] });
    expect(table(of, [task(1)], 100, 40, true).join('')).toContain('\x1b[36mrunning 4 s\x1b[0m');
    expect(table(of, [task(1)]).join('')).not.toContain('\x1b');
  });
});

describe('plain lines', () => {
  const rowsOf = (of: Partial<Status>, changes: Partial<Task> = {}, nowMs = NOW_MS) =>
    taskRows(status(of), [task(3, { title: 'Review', ...changes })], nowMs);

  test('one for each change, none while only time goes by', () => {
    const changes = new ChangeLines(NOW_MS);
    const blocked = { waiting: [{ taskId: 3, reason: { why: 'blocked', by: 2 } as const }] };
    const running = { running: [run(3, 'running', { agent: 'oscar' })] };
    const said = [
      changes.next(rowsOf(blocked), NOW_MS),
      changes.next(rowsOf(blocked), NOW_MS),
      changes.next(rowsOf(running), NOW_MS),
      changes.next(rowsOf(running, {}, NOW_MS + 5_000), NOW_MS + 5_000),
      changes.next(rowsOf({}, { status: 'complete' }), NOW_MS),
    ];
    expect(said.map((lines) => lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, '')))).toEqual([
      ['task 3 "Review" blocked by task 2'],
      [],
      ['task 3 "Review" running on oscar'],
      [],
      ['task 3 "Review" complete'],
    ]);
    expect(said[0]?.[0]).toMatch(/^\d\d:\d\d:\d\d /);
  });

  test('what was complete before the start is no news; what has become so since is, though never seen running', () => {
    const done = { status: 'complete' } as const;
    const old = rowsOf({}, { ...done, updatedAt: '2026-11-21T11:59:50Z' });
    const fresh = rowsOf({}, { ...done, updatedAt: '2026-11-21T12:00:00Z' });
    expect(new ChangeLines(NOW_MS + 500).next(old, NOW_MS)).toEqual([]);
    expect(new ChangeLines(NOW_MS + 500).next(fresh, NOW_MS)).toHaveLength(1);
  });
});

test('without a terminal a problem is printed when it comes, and once for as long as it lasts', () => {
  const changes = new ChangeLines(NOW_MS);
  const looks = [['a', 'b'], ['b', 'a', 'c'], ['c'], ['a', 'c']];
  const said = looks.map((problems) => changes.nextProblems(problems, NOW_MS).map((line) => line.slice(9)));
  expect(said).toEqual([['! a', '! b'], ['! c'], [], ['! a']]);
});

describe('the headline says who has paused or stopped everything, and why', () => {
  const by = { by: 'ann@box', note: 'fire\u001b[2J', atMs: NOW_MS };
  test.each<[Partial<Status>, RegExp]>([
    [
      { scheduler: 'paused', paused: true, deeds: [{ did: 'pause', ...by }] },
      /^TinyScheduler {2}paused {3}0 tasks; paused by ann@box, .* UTC: fire�\[2J$/,
    ],
    [
      { scheduler: 'agents-stopped', stopped: true, deeds: [{ did: 'stop-agents', ...by }] },
      /^TinyScheduler {2}agents stopped {3}0 tasks; agents stopped by ann@box, .*: fire/,
    ],
    [{ scheduler: 'paused', paused: true }, /^TinyScheduler {2}paused {3}0 tasks$/],
    [{ deeds: [{ did: 'resume', ...by }] }, /^TinyScheduler {2}running {3}0 tasks$/],
  ])('%j', (changes, says) => {
    expect(table(status(changes), [], 120)[0]?.trimEnd()).toMatch(says);
  });
});
