import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ChangeLines } from '../../../client/cli/show/change-lines.ts';
import { tableLines } from '../../../client/cli/show/live-table.ts';
import {
  columns,
  commanderOutput,
  print,
  printJson,
  printLines,
  quotation,
  sayable,
} from '../../../client/cli/show/print.ts';
import { reportLines } from '../../../client/cli/show/report-lines.ts';
import { agentsText } from '../../../client/cli/show/show-agents.ts';
import { forecastText, whatIfText } from '../../../client/cli/show/show-forecast.ts';
import { passText } from '../../../client/cli/show/show-pass.ts';
import { poolsText } from '../../../client/cli/show/show-pools.ts';
import { runsText } from '../../../client/cli/show/show-runs.ts';
import { statusText } from '../../../client/cli/show/show-status.ts';
import { tasksText } from '../../../client/cli/show/show-tasks.ts';
import { taskRows } from '../../../client/cli/show/task-rows.ts';
import { paint, styledText } from '../../../client/cli/show/terminal.ts';
import { agentsJson } from '../../../client/json/agents.ts';
import { logJson } from '../../../client/json/attempt.ts';
import { passJson } from '../../../client/json/pass.ts';
import { poolsJson } from '../../../client/json/pools.ts';
import { reportJson } from '../../../client/json/report.ts';
import { runsJson } from '../../../client/json/runs.ts';
import { statusJson } from '../../../client/json/status.ts';
import { tasksJson } from '../../../client/json/tasks.ts';
import { workloadOf } from '../../../client/report/workload.ts';
import type { Forecast, ForeseenTask, WhatIf } from '../../../contract/forecast.ts';
import type { AgentsStatus, EndedRuns, OpenTask, PoolsStatus } from '../../../contract/listings.ts';
import type { PassReport } from '../../../contract/pass.ts';
import type { Report } from '../../../contract/report.ts';
import type { Status } from '../../../contract/status.ts';
import type { Task } from '../../../domain/task.ts';
import { sayProblems } from '../../../words/problem.ts';
import { attemptOf } from '../../support/attempts.ts';
import { expectHarmless, expectHarmlessJson, HOSTILE } from '../../support/hostile-texts.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

/** Everything that comes from elsewhere is `text`, whatever rule there may be for it where it comes in. */
function statusOf(text: string): Status {
  const run = {
    taskId: 1,
    agent: text,
    queue: text,
    attempt: 2,
    startedAtMs: NOW_MS,
    sinceMs: NOW_MS,
    whose: { queue: text },
    cause: text,
  };
  const sick = { state: 'misconfigured', reason: text, untilMs: NOW_MS, probing: false };
  return {
    scheduler: 'running',
    paused: false,
    enabled: true,
    daemon: text,
    agents: [{ name: text, queue: text, limit: 2, held: 1, waiting: 1, paused: false, health: sick }],
    running: [{ ...run, phase: 'running', state: 'running' }],
    interrupted: [],
    queued: [],
    backingOff: [{ ...run, taskId: 2, phase: 'backing-off', state: 'backing-off' }],
    parked: [{ ...run, taskId: 3, phase: 'parked', state: 'parked' }],
    waiting: waitingOf(text),
    lastPass: passOf(text),
    problems: [
      { what: 'warning', text },
      { what: 'stuck', workflowId: text, failures: 3 },
      { what: 'failed', failure: { code: 'tinytask-refused', tool: text, text } },
    ],
  } as unknown as Status;
}

function waitingOf(text: string) {
  return [
    { taskId: 4, reason: { why: 'no-agent-for-queue', queue: text } },
    { taskId: 5, reason: { why: 'working-elsewhere', by: text } },
    { taskId: 6, reason: { why: 'agent-misconfigured', agent: text, reason: text, untilMs: NOW_MS } },
  ];
}

function passOf(text: string): PassReport {
  return {
    atMs: NOW_MS,
    tookMs: 5,
    started: [{ taskId: 1, agent: text }],
    waiting: waitingOf(text),
    waitingTotal: 3,
    errors: [text],
    warnings: [text],
    by: text,
    config: '',
    figures: {},
  } as unknown as PassReport;
}

function tasksOf(text: string): Task[] {
  const task = {
    title: text,
    description: text,
    status: 'idle',
    assignedTo: text,
    tags: [text],
    queue: text,
    archivedAt: null,
    updatedAt: '2026-11-21T11:00:00Z',
  };
  return [1, 2, 3, 4, 5, 6, 7].map((id) => ({ ...task, id }) as unknown as Task);
}

function reportOf(text: string): Report {
  const waits = { reason: { why: 'no-agent-for-queue', queue: text } } as const;
  const failure = { code: 'tinytask-refused', tool: text, text } as const;
  const work = [{ name: text, attempts: 2, tokens: 1, unknownTokens: 1 }];
  return {
    ...{ atMs: NOW_MS, asked: { statuses: ['idle', 'complete'], agent: text } },
    ...workloadOf(tasksOf(text), new Map([[1, { waits }]]), NOW_MS),
    scheduler: {
      state: { scheduler: 'running', exists: true, paused: false, enabled: true, daemon: text },
      pools: [{ queue: text, agents: 1, slots: 1, held: 1, tasks: 1, inLine: 1, unassigned: 1, blocked: 1 }],
      phases: [],
      reasons: [],
    },
    ended: {
      ...{ sinceMs: NOW_MS, keptForMs: null, more: true, runs: 2, read: 1, completedPerHour: null },
      ...{ ends: [], waiting: null, running: null, verdicts: [], byAgent: work, byRecipe: work },
    },
    problems: [
      { what: 'warning', text },
      { what: 'alone', failure },
    ],
  };
}

function poolsOf(text: string): PoolsStatus {
  const pool = { queue: text, agents: [text], held: 1, limit: 1, paused: false, line: 1, waiting: 1 };
  const counts = {
    unassigned: 1,
    blocked: null,
    arrived: 1,
    ended: 1,
    oldest: { taskId: 1, addedMs: NOW_MS },
  };
  const { scheduler, exists, paused, enabled, daemon, problems } = statusOf(text);
  const state = { scheduler, exists, paused, enabled, daemon };
  return { ...state, pools: [{ ...pool, ...counts }], placeless: 1, mode: 'queue', problems };
}

function agentsOf(text: string): AgentsStatus {
  const { scheduler, exists, paused, enabled, daemon, agents, problems } = statusOf(text);
  const runs = [{ taskId: 1, host: text, state: 'running' as const }];
  const state = { scheduler, exists, paused, enabled, daemon };
  const told = agents.map((agent) => ({ ...agent, rules: { launchPrefix: [text] }, runs }));
  return { ...state, agents: told, problems };
}

function openTasksOf(text: string): OpenTask[] {
  const { parked, waiting } = statusOf(text);
  const task = { taskId: 1, title: text, queue: text, pool: text, agent: text, priority: 0 };
  const times = { addedMs: NOW_MS, sinceMs: null, blockedBy: [] };
  return [
    { ...task, ...times, phase: 'parked', run: parked[0] ?? null, waits: null },
    { ...task, ...times, phase: 'waiting', run: null, waits: waiting[0] ?? null },
  ];
}

function endedOf(text: string): EndedRuns {
  const verdict = { kind: 'agent-failed' as const, reason: text };
  const attempt = attemptOf({ runId: text, agent: text, host: text, recipe: text, verdict, log: text });
  const run = { taskId: 1, runId: text, agent: text, queue: text, startedAtMs: NOW_MS, endedAtMs: NOW_MS };
  return {
    runs: [{ ...run, how: 'by-itself', end: 'returned', verdict, attempts: [attempt] }],
    more: true,
  };
}

const SPAN = { p50Ms: NOW_MS, p90Ms: NOW_MS };

function foreseenOf(text: string): ForeseenTask {
  return {
    ...{ taskId: 1, title: text, queue: text, agent: text, is: 'kept', start: null, end: SPAN },
    ...{ reason: { why: 'agent-paused', agent: text }, keptBy: null, basis: { level: 'agent', runs: 5 } },
  };
}

function forecastOf(text: string): Forecast {
  const { scheduler, exists, paused, enabled, daemon, problems } = statusOf(text);
  return {
    ...{ scheduler, exists, paused, enabled, daemon, problems, atMs: NOW_MS, tasks: [foreseenOf(text)] },
    ...{ end: SPAN, ending: 1, kept: 0, unknown: 0, draws: 5 },
    restsOn: { tasks: 5, sinceMs: NOW_MS, notOver: 0 },
    coming: null,
  };
}

function whatIfOf(text: string): WhatIf {
  const { tasks, end, ending, kept, unknown, draws: _, ...about } = forecastOf(text);
  const outlook = { end, ending, kept, unknown };
  return {
    ...{
      ...about,
      before: outlook,
      after: outlook,
      changes: [{ do: 'add', agent: text, queue: text, slots: 1 }],
    },
    ...{ starts: tasks, waits: [], keeps: tasks, frees: [], movedMore: 0 },
    moved: [{ taskId: 1, title: text, before: SPAN, after: SPAN, byMs: 5_000 }],
  };
}

/** What reaches the terminal or the pipe. */
function written(work: () => void): string {
  const out: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      out.push(String(chunk));
      return true;
    }),
  );
  try {
    work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return out.join('');
}

const ROWS = { columns: 100, rows: 60 };

const surfaces: Record<string, (text: string) => string> = {
  'an answer': (text) => written(() => print(`Task 1 "${text}" added.`)),
  status: (text) => written(() => printLines(statusText(statusOf(text), NOW_MS))),
  'a pass': (text) => written(() => printLines(passText(passOf(text)))),
  'a table': (text) =>
    written(() =>
      printLines(
        columns([
          ['A', 'B'],
          [text, text],
        ]),
      ),
    ),
  'a quotation': (text) => quotation(text),
  'the live table': (text) =>
    tableLines(
      {
        status: statusOf(text),
        problems: sayProblems(statusOf(text).problems),
        rows: taskRows(statusOf(text), tasksOf(text), NOW_MS),
        footer: [],
      },
      ROWS,
    )
      .map((line) => paint(line, false))
      .join('\n'),
  'the lines of changes': (text) =>
    new ChangeLines(0)
      .next(taskRows(statusOf(text), tasksOf(text), NOW_MS), NOW_MS)
      .map(sayable)
      .join('\n'),
  'a report': (text) => styledText(reportLines(reportOf(text)), false),
  'a report as JSON': (text) => written(() => printJson(reportJson(reportOf(text)))),
  'status as JSON': (text) => written(() => printJson(statusJson(statusOf(text)))),
  pools: (text) => written(() => printLines(poolsText(poolsOf(text), NOW_MS))),
  agents: (text) => written(() => printLines(agentsText(agentsOf(text)))),
  tasks: (text) => written(() => printLines(tasksText(openTasksOf(text), NOW_MS))),
  runs: (text) => written(() => printLines(runsText(endedOf(text), NOW_MS))),
  'a forecast': (text) =>
    written(() => printLines(forecastText(forecastOf(text), { most: 9, one: false, across: undefined }))),
  'a change that is tried': (text) => written(() => printLines(whatIfText(whatIfOf(text)))),
  'pools as JSON': (text) => written(() => printJson(poolsJson(poolsOf(text)))),
  'agents as JSON': (text) => written(() => printJson(agentsJson(agentsOf(text)))),
  'tasks as JSON': (text) => written(() => printJson(tasksJson(openTasksOf(text)))),
  'runs as JSON': (text) => written(() => printJson(runsJson(endedOf(text)))),
  'a log as JSON': (text) => {
    const [attempt] = endedOf(text).runs[0]?.attempts ?? [];
    return written(() =>
      printJson(attempt && logJson([attempt], attempt, { path: text, text, isCut: false })),
    );
  },
  'a pass as JSON': (text) => written(() => printJson(passJson(passOf(text)))),
};

/** Where several lines are wanted, what was quoted has no line of its own: it is set in. */
const messages: Record<string, (text: string) => string> = {
  'a message': (text) => sayable(`tinyscheduler: ${text}`),
  'a complaint of the command line': (text) => written(() => commanderOutput.writeErr(`error: ${text}\n`)),
};

const anyText = fc
  .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(...Object.values(HOSTILE))), {
    maxLength: 3,
  })
  .map((parts) => parts.join(''));

const json = (name: string) => name.endsWith('JSON');

describe.each(Object.entries({ ...surfaces, ...messages }))('%s', (name, show) => {
  test.each(Object.entries(HOSTILE))('is harmless where a text %s', (_what, text) => {
    const output = show(text);
    if (json(name)) expectHarmlessJson(output);
    else expectHarmless(output);
  });

  test('is harmless whatever a text is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const output = show(text);
        if (json(name)) {
          expectHarmlessJson(output);
          JSON.parse(output);
        } else expectHarmless(output);
      }),
      { numRuns: 25 },
    );
  });
});

test.each(Object.entries(surfaces).filter(([name]) => !json(name)))(
  'nobody can make a line of his own in %s',
  (_name, show) => {
    const count = (text: string) => show(text).split('\n').length;
    for (const breaks of ['\n', '\r\n', '\r', '\u0085', '\u2028', '\v'])
      expect(count(`x${breaks}Scheduler: paused`)).toBe(count('x'));
  },
);

test('columns are as wide as what they show, and the last cell is whole', () => {
  const reason = 'because '.repeat(30).trim();
  expect(
    columns([
      ['AGENT', 'STATE'],
      ['漢字', reason],
      ['x\u001b[2J', 'ready'],
    ]),
  ).toBe(`AGENT  STATE\n漢字   ${reason}\nx�[2J  ready`);
});

test('what is quoted in a message is set in', () => {
  expect(sayable('tinyscheduler: it said\ntinyscheduler: all is well')).toBe(
    'tinyscheduler: it said\n  tinyscheduler: all is well',
  );
});

test('JSON is read as what it was', () => {
  const value = { ...HOSTILE, 'half is a key, too \ud83d': '👩‍👩‍👧 \u{e0061}' };
  expect(JSON.parse(written(() => printJson(value)))).toEqual(value);
});

test('colours are put in by `paint` alone', () => {
  expect(paint(['a\u001b[31m', ['b\u001b[0mc', 'red']], true)).toBe('a�[31m\u001b[31mb�[0mc\u001b[0m');
  expect(paint([['b', 'red']], false)).toBe('b');
});

test('only the two places that clean write to the terminal', () => {
  const folder = fileURLToPath(new URL('../../../client', import.meta.url));
  const writing = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => /\.write\(|console\./.test(readFileSync(join(folder, name), 'utf8')));
  expect(writing.sort()).toEqual(['cli/show/print.ts', 'cli/show/terminal.ts']);
});
