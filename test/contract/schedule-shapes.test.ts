import { expect, test } from 'vitest';
import { OCCURRENCE_ENDED, OCCURRENCE_INPUT } from '../../contract/schedule-shapes.ts';
import { OCCURRENCE_SAMPLES } from './kept/occurrence-samples.ts';

// A schedule of 5 s makes a million tasks in two months.
const task = { id: 1_000_001, createdAt: '2026-01-01T02:00:00.000Z' };

test('an occurrence whose task is beyond the millionth tells of its end, and goes on as new', () => {
  const facts = { verdict: null, attempts: 1, tokens: null, log: null, agent: null };
  const told = {
    workflowId: 'occurrence-nightly-2026-01-01T02:00:00Z',
    runId: '01a21620-1e76-715a-8ea2-673faa33c2ad',
    ...{ plannedMs: 1, endedMs: 2, ended: { end: 'done', task, ...facts } },
  };
  expect(OCCURRENCE_ENDED(told)).toEqual(told);
  const { resume, ...input } = OCCURRENCE_SAMPLES.occurrenceInput;
  const later = { ...input, resume: { ...resume, task } };
  expect(OCCURRENCE_INPUT(later)).toEqual(later);
});
