import type { History, RunGroup, Runs } from '../../page/api/shapes.ts';

type Group = History['groups'][number];

const NOTHING: RunGroup = {
  ...{ runs: 0, came_to: { completed: 0, failed: 0, other: 0, unknown: 0 }, verdicts: [] },
  ...{ working_sec: null, waiting_sec: null, attempts: 0, attempts_failed: 0, tokens: null },
  attempts_with_unknown_tokens: 0,
};

/** An hour, a day or a name in which nothing ended, unless a test says otherwise. */
export function groupedAnswer(change: Partial<Group>): Group {
  return { key: null, recent: [], ...NOTHING, ...change };
}

/** What `/api/history` answers where so many runs came to that. */
export function historyAnswerOf(change: Partial<History>, came: RunGroup['came_to']): History {
  const runs = came.completed + came.failed + came.other + came.unknown;
  const at = '2026-11-26T00:00:00.000Z';
  return {
    ...{ at, since: at, until: at, known_since: at, kept_for_hours: null, looked_at: runs, left_line: 0 },
    ...{ more: false, reads_on: false, by: 'day', time_zone: 'UTC', groups: [], groups_left_out: 0 },
    all: { ...NOTHING, runs, came_to: came },
    ...change,
  };
}

export function runLineOf(change: Partial<Runs['runs'][number]>): Runs['runs'][number] {
  return {
    ...{ task_id: 1, run_id: 'r1', agent: 'ada', queue: 'dev', pool: 'dev', recipe: null, started: null },
    ...{ ended: null, seconds: 1, goose_seconds: null, tokens: null, how: 'by-itself', end: 'complete' },
    ...{ came_to: 'completed', verdict: null, reason: null, attempts: null, says: '' },
    ...change,
  };
}
