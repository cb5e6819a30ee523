import { describe, expect, test } from 'vitest';
import { reportLines } from '../../../client/cli/show/report-lines.ts';
import { tableOf } from '../../../client/cli/show/report-table.ts';
import { styledText } from '../../../client/cli/show/terminal.ts';
import { reportJson } from '../../../client/json/report.ts';
import { workloadOf } from '../../../client/report/workload.ts';
import type { EndedWork, Report, ReportedScheduler } from '../../../contract/report.ts';
import type { Task } from '../../../domain/task.ts';
import { NOW_MS, taskOf } from '../../support/tasks.ts';

const HOUR_MS = 3_600_000;

function reportOf(tasks: Task[], change: Partial<Report> = {}): Report {
  return {
    ...{ atMs: NOW_MS, asked: { statuses: ['idle', 'working'] }, scheduler: null, ended: null, problems: [] },
    ...workloadOf(tasks, new Map([[1, { waits: { reason: { why: 'blocked', by: 2 } } }]]), NOW_MS),
    ...change,
  };
}
const textOf = (report: Report, all = false) => styledText(reportLines(report, { all }), false);
const madeHoursAgo = (hours: number) => ({ createdAt: new Date(NOW_MS - hours * HOUR_MS).toISOString() });

const TASKS = [
  taskOf(1, { assignedTo: 'oscar', priority: 2, title: 'Write', ...madeHoursAgo(48.5) }),
  taskOf(2, { assignedTo: 'oscar', status: 'working', ...madeHoursAgo(0.25) }),
  taskOf(3, madeHoursAgo(12)),
];
const SCHEDULER: ReportedScheduler = {
  state: { scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' },
  pools: [{ queue: null, agents: 1, slots: 3, held: 1, tasks: 2, inLine: 4, unassigned: 0, blocked: 1 }],
  phases: [{ phase: 'no-run', tasks: 2 }],
  reasons: [{ why: 'blocked', tasks: 1 }],
};
const ENDED: EndedWork = {
  ...{ sinceMs: NOW_MS - HOUR_MS, keptForMs: null, more: false, runs: 3, read: 2 },
  ends: [{ end: 'complete', runs: 2 }],
  completedPerHour: null,
  waiting: { of: 1, meanMs: 1_500, p50Ms: 1_000, p90Ms: 2_000, mostMs: 3_000 },
  running: null,
  verdicts: [{ verdict: 'completed', attempts: 2 }],
  byAgent: [{ name: 'ada', attempts: 3, tokens: 120, unknownTokens: 1 }],
  byRecipe: [{ name: null, attempts: 1, tokens: null, unknownTokens: 1 }],
};

describe('as JSON', () => {
  test('the keys that consumers know, with their figures', () => {
    const json = reportJson(reportOf(TASKS));
    expect(json.summary).toEqual({
      ...{ total_open_tasks: 3, total_idle: 2, total_working: 1, total_complete: null },
      ...{ total_agents: 1, agents_with_work: ['oscar'] },
    });
    expect(json.agent_breakdown).toEqual({
      oscar: {
        ...{ agent_name: 'oscar', total_tasks: 2, idle_tasks: 1, working_tasks: 1, complete_tasks: 0 },
        task_ids: [1, 2],
      },
      unassigned: {
        ...{ agent_name: 'unassigned', total_tasks: 1, idle_tasks: 1, working_tasks: 0, complete_tasks: 0 },
        task_ids: [3],
      },
    });
    expect(json.priority_distribution).toEqual({
      ...{ by_priority: { 2: 1, 0: 2 }, highest_priority: 2, lowest_priority: 0, average_priority: 0.67 },
    });
    expect(json.age_metrics).toEqual({
      ...{ oldest_task_age_hours: 48.5, newest_task_age_hours: 0.25, average_task_age_hours: 20.25 },
      ...{ oldest_task_id: 1, newest_task_id: 2, tasks_from_the_future: 0 },
    });
    expect((json.tasks as object[])[0]).toEqual({
      ...{ id: 1, title: 'Write', description: null, status: 'idle', assigned_to: 'oscar' },
      ...{
        created_by: 'tester',
        priority: 2,
        tags: [],
        age_hours: 48.5,
        comment_count: null,
        link_count: null,
      },
      ...{ created_at: '2025-12-29T23:30:00.000Z', updated_at: '2026-01-01T00:00:00Z' },
      ...{ queue: null, blocked_by: null, parent: null, phase: null },
      ...{ reason: 'blocked', says: 'blocked by task 2' },
    });
    expect(json.generated_at).toBe('2026-01-01T00:00:00.000Z');
  });

  test('without tasks the known figures are 0, and what is not known is null', () => {
    expect(reportJson(reportOf([]))).toMatchObject({
      summary: { total_open_tasks: 0, total_agents: 0, agents_with_work: [] },
      agent_breakdown: {},
      priority_distribution: {
        by_priority: {},
        highest_priority: 0,
        lowest_priority: 0,
        average_priority: 0,
      },
      age_metrics: {
        oldest_task_age_hours: 0,
        average_task_age_hours: 0,
        oldest_task_id: 0,
        newest_task_id: 0,
      },
      ...{ tasks: [], scheduler: null, pools: null, phases: null, reasons: null, ended: null, problems: [] },
    });
  });

  test('an agent may be called as those are that nobody has', () => {
    const json = reportJson(reportOf([taskOf(1, { assignedTo: 'unassigned' }), taskOf(2)]));
    expect(Object.keys(json.agent_breakdown as object)).toEqual(['unassigned', '(unassigned)']);
  });

  test('an agent may be called as objects call their parts', () => {
    const text = JSON.stringify(reportJson(reportOf([taskOf(1, { assignedTo: '__proto__' })])));
    expect(text).toContain('"__proto__":{"agent_name":"__proto__"');
  });

  test('what Temporal knows', () => {
    expect(reportJson(reportOf(TASKS, { scheduler: SCHEDULER, ended: ENDED }))).toMatchObject({
      scheduler: 'running',
      pools: [{ queue: null, slots: 3, held: 1, in_line: 4 }],
      phases: { 'no-run': 2 },
      reasons: { blocked: 1 },
      ended: {
        ...{ runs: 3, runs_read: 2, kept_for_hours: null, completed_per_hour: null, ends: { complete: 2 } },
        ...{
          waiting_sec: { of: 1, mean: 1.5, p50: 1, p90: 2, most: 3 },
          running_sec: null,
          verdicts: { completed: 2 },
        },
        tokens_by_agent: [{ agent: 'ada', attempts: 3, tokens: 120, attempts_with_unknown_tokens: 1 }],
        tokens_by_recipe: [{ recipe: null, tokens: null }],
        not_known: [expect.stringContaining('how long'), expect.stringContaining('of 2 were read')],
      },
    });
  });
});

describe('for people', () => {
  test('section by section', () => {
    expect(textOf(reportOf(TASKS))).toBe(`============================================================
       TinyTask Workload Report
============================================================
Generated: 2026-01-01T00:00:00.000Z

SUMMARY
-------
Total Open Tasks: 3
  • Idle:     2
  • Working:  1

Active Agents: 1 (oscar)

AGENT WORKLOAD
--------------
Agent       Total  Idle  Working
----------  -----  ----  -------
oscar           2     1        1
unassigned      1     1        0

PRIORITY DISTRIBUTION
---------------------
Priority  Count  Graph
--------  -----  ------------------------------------
       2      1  ███████████████ (33%)
       0      2  ██████████████████████████████ (67%)

Average Priority: 0.67

TASK AGE METRICS
----------------
Oldest Task:  48.5 hours (Task #1)
Newest Task:  0.3 hours (Task #2)
Average Age:  20.3 hours

OPEN TASKS (3 total)
--------------------
ID  Status   Agent  Pri  Age(h)  Title   Why
--  -------  -----  ---  ------  ------  -----------------
 1  idle     oscar    2    48.5  Write   blocked by task 2
 3  idle     -        0    12.0  task 3
 2  working  oscar    0     0.3  task 2

============================================================`);
  });

  test('without tasks', () => {
    const text = textOf(reportOf([]));
    expect(text).toContain('Total Open Tasks: 0');
    expect(text).toContain('Active Agents: 0');
    expect(text).not.toMatch(/NaN|undefined|PRIORITY|AGE/);
  });

  test('what Temporal knows, and what is not known', () => {
    const problems: Report['problems'] = [
      { what: 'alone', failure: { code: 'temporal-failed', text: 'it broke' } },
      { what: 'ended-unknown', failure: { code: 'temporal-failed', text: 'it broke' } },
    ];
    const text = textOf(reportOf(TASKS, { scheduler: SCHEDULER, ended: ENDED, problems }));
    for (const line of [
      'running',
      '-           1    1/3      2        4           0        1',
      'no-run      2',
      'blocked      1',
      'Runs ended:          3 (complete 2)',
      'Completed an hour:   not known',
      'Waited for a slot:   mean 2 s, half up to 1 s, 9 of 10 up to 2 s, longest 3 s (1 run)',
      'goose ran:           not known',
      'ada           3  120 (1 not known)',
      '(not known)         1  not known',
      'Note: Of 3 runs the histories of 2 were read; the figures are about them.',
      'Problem: This is what TinyTask knows alone; pools, phases, reasons and ended runs are not known. it broke',
      'Problem: What has ended is not known. it broke',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).not.toContain('\n\n\n');
  });

  test('complete tasks have a column where they are asked for', () => {
    const text = textOf(reportOf([taskOf(1, { status: 'complete' })], { asked: { statuses: ['complete'] } }));
    expect(text).toMatch(
      / {2}• Complete: 1\n[\s\S]*Agent +Total +Idle +Working +Complete\n[\s\S]*\nTASKS \(1 total\)/,
    );
  });

  test('long lists are cut, and said to be; a negative or tiny part has its place', () => {
    const tasks = Array.from({ length: 10_000 }, (_, id) =>
      taskOf(id + 1, { priority: -Math.min(id, 30), assignedTo: `agent-${id % 200}` }),
    );
    const report = reportOf(tasks);
    const text = textOf(report);
    expect(text).toContain('Active Agents: 200 (agent-0, ');
    expect(text).toContain('and 180 more)');
    expect(text).toContain('       0      1  █ (<1%)');
    expect(text).toContain('and 11 lower priorities');
    expect(text).toContain(
      '(Showing the first 50 of 10000 tasks; `tinyscheduler report --verbose` shows all)',
    );
    expect(text.split('\n').filter((line) => /^ *\d+ {2}idle/.test(line))).toHaveLength(50);
    const whole = textOf(report, true);
    expect(whole.split('\n').filter((line) => /^ *\d+ {2}idle/.test(line))).toHaveLength(10_000);
    expect(whole).not.toContain('Showing');
  });

  test('a clock that is ahead is told', () => {
    const text = textOf(reportOf([taskOf(1, madeHoursAgo(-3))]));
    expect(text).toContain('Oldest Task:  0.0 hours (Task #1)');
    expect(text).toContain("1 task is from the future: TinyTask's clock is ahead of this one");
  });

  test('a date that is none is a question', () => {
    expect(textOf(reportOf([taskOf(2, { createdAt: 'x' })]))).toMatch(/^ 2 {2}idle +- +0 +\? +task 2$/m);
  });

  test('columns are as wide as what they show', () => {
    const rows = [
      ['x\u001b[2J', '1', ' a'],
      ['漢字', '10', 'b'],
    ];
    expect(styledText(tableOf(['Name', { right: 'N' }, 'Last'], rows), false).split('\n')).toEqual([
      'Name    N  Last',
      '-----  --  ----',
      'x�[2J   1  a',
      '漢字   10  b',
    ]);
  });

  test('colours are there only on request', () => {
    const lines = reportLines(reportOf(TASKS));
    expect(styledText(lines, true)).toContain('\u001b[1mSUMMARY\u001b[0m');
    expect(styledText(lines, false)).not.toContain('\u001b');
  });
});
