import { expect, test } from 'vitest';
import { missedText } from '../../client/cli/show/schedules/missed.ts';
import type { MissedLine } from '../../contract/schedule.ts';
import { readDocument } from '../support/documents.ts';

const NOW_MS = Date.UTC(2026, 10, 26, 7);
const MISSED: MissedLine[] = [
  {
    ...{ schedule: 'reports', timeZone: 'UTC', plannedMs: Date.UTC(2026, 10, 26, 6), times: 4 },
    because: { why: 'superseded', byMs: Date.UTC(2026, 10, 26, 7) },
  },
  {
    ...{ schedule: 'nightly', timeZone: 'Europe/Berlin', plannedMs: Date.UTC(2026, 10, 26, 2), times: 1 },
    because: { why: 'too-late', catchUpMs: 3_600_000 },
  },
];

test('what a night off leaves is shown as it is printed', () => {
  const text = missedText(MISSED, { nowMs: NOW_MS, ownZone: 'UTC', across: undefined });
  const shown = text.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
  expect(readDocument('docs/schedules.md').text).toContain(
    shown.join('\n').replaceAll('`tinyscheduler ', '`./tinyscheduler '),
  );
});
