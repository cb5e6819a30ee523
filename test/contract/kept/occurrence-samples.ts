import type { OccurrenceEnd, OccurrenceInput, OccurrenceMemo } from '../../../contract/occurrence.ts';
import type { OccurrencesInput } from '../../../contract/occurrences-input.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import type { Whole } from './whole.ts';

const T = 1_764_000_000_000;
const runId = '01a21620-1e76-715a-8ea2-673faa33c2ad';
const workflowId = 'occurrence-nightly-2026-01-01T02:00:00Z';

const definition: Whole<Definition> = {
  ...{
    name: 'nightly',
    timing: { kind: 'every', everyMs: 60_000, offsetMs: 1_000 },
    timeZone: 'Europe/Berlin',
  },
  work: {
    ...{
      kind: 'task',
      title: 'Report of {{date}}',
      description: 'Run {{count}}',
      queue: 'dev',
      agent: 'ada',
    },
    ...{ recipe: 'report', tags: ['mine'] },
  },
  ...{ priority: 10, jobKey: 'db', maxPerJob: 2, maxGlobal: 3, overlap: 'buffer' },
  ...{ catchUpMs: 600_000, jitterMs: 1_000, startMs: T, endMs: T + 1, remaining: 7, pauseOnFailure: 3 },
};
const begun = { definition, version: 4, number: 12, lastEndMs: T - 1, recipeHash: 'ab12' };
const task = { id: 42, createdAt: '2026-01-01T02:00:01Z' };
const waited = {
  for: 'job-key' as const,
  jobKey: 'db',
  limit: 2,
  with: ['occurrence-other-2026-01-01T01:00:00Z'],
};

const occurrenceInput: Whole<OccurrenceInput> = {
  ...{ schedule: 'nightly', trigger: 'backfill', plannedMs: T, force: true },
  resume: { begun, task, startedMs: T, enteredMs: T + 2, waited },
};
const ended: Whole<Exclude<OccurrenceEnd, { end: 'left-out' }>> = {
  ...{ end: 'failed', task, reason: 'attempt 3 of 3 failed', verdict: 'agent-failed', attempts: 3 },
  ...{ tokens: 900, log: 'a.log', agent: 'ada', links: ['https://git/a/1'] },
};
const occurrenceMemo: Whole<OccurrenceMemo> = {
  ...{ schedule: 'nightly', plannedMs: T, phase: 'over', begun, task, waits: waited, ended },
};
const occurrencesInput: Whole<OccurrencesInput> = {
  carried: {
    known: [
      {
        ...{ workflowId, runId, schedule: 'nightly', jobKey: 'db', maxPerJob: 2, maxGlobal: 3 },
        ...{ overlap: 'cancel', priority: 10, plannedMs: T, enteredMs: T, askedMs: T, waits: waited },
        cancelledFor: 'occurrence-nightly-2026-01-01T03:00:00Z',
      },
    ],
  },
};

/** Of occurrences and of their admission. */
export const OCCURRENCE_SAMPLES = { occurrenceInput, occurrenceMemo, occurrencesInput };
