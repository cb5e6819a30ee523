import { expect, test } from 'vitest';
import { passText } from '../../../client/cli/show/show-pass.ts';
import { passJson } from '../../../client/json/pass.ts';
import type { PassReport } from '../../../contract/pass.ts';

const REPORT: PassReport = {
  atMs: 0,
  tookMs: 7,
  figures: {
    leasesScanned: 4,
    leasesReclaimed: 1,
    unassignedMatched: 2,
    assignedSpawned: 3,
    tasksSpawned: 5,
    blockedSkipped: 6,
    errors: 0,
  },
  started: [
    { taskId: 11, agent: 'vaela', queue: 'qa' },
    { taskId: 12, agent: null, queue: 'dev' },
  ],
  waiting: [],
  waitingTotal: 0,
  errors: [],
  warnings: [],
  by: '1@host',
  config: '',
};

/** What operators have in their scripts. */
const LABELS = [
  'Leases scanned',
  'Leases reclaimed',
  'Unassigned tasks matched',
  'Already-assigned tasks spawned',
  'Total tasks spawned',
  'Blocked tasks skipped',
  'Errors',
];

const figures = (text: string) =>
  [...text.matchAll(/^([A-Z][^:\n]*): +(\d+)$/gm)].map(([, label, figure]) => [label, Number(figure)]);

test('a pass has the labels of the Python version', () => {
  const text = passText(REPORT);
  expect(figures(text)).toEqual(LABELS.map((label, at) => [label, [4, 1, 2, 3, 5, 6, 0][at]]));
  expect(text).toContain('task 11 started on vaela\ntask 12 started in queue "dev"');
});

test('a dry run spawns nothing, and counts apart what it would spawn', () => {
  const text = passText(REPORT, { dryRun: true });
  expect(figures(text)).toEqual([
    ...LABELS.map((label, at) => [label, [4, 1, 2, 0, 0, 6, 0][at]]),
    ['Tasks that would be spawned', 5],
  ]);
  expect(text).toContain('task 11 would start on vaela\ntask 12 would start in queue "dev"');
  expect(passJson(REPORT, { dryRun: true })).toMatchObject({
    dry_run: true,
    unassigned_matched: 2,
    assigned_spawned: 0,
    tasks_spawned: 0,
    would_spawn: 5,
  });
  expect(passJson(REPORT)).toMatchObject({ assigned_spawned: 3, tasks_spawned: 5 });
  expect(passJson(REPORT)).toMatchObject({
    started: [
      { task_id: 11, agent: 'vaela', queue: 'qa' },
      { task_id: 12, agent: null, queue: 'dev' },
    ],
  });
  expect(passJson(REPORT)).not.toHaveProperty('would_spawn');
});
