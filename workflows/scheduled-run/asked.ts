import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { occurrenceIdBase } from '../../contract/ids.ts';
import type { OccurrenceInput } from '../../contract/occurrence.ts';
import { OCCURRENCE_ID, OCCURRENCE_INPUT } from '../../contract/schedule-shapes.ts';
import { WrongShape } from '../../contract/shape.ts';
import type { Asked } from './occurrence-run.ts';

/** The time for which the server's tick has started it. */
const SCHEDULED = { name: 'TemporalScheduledStartTime', type: 'DATETIME' as const };

/**
 * What it was started with, checked: anybody can start one by hand. Throws a failure that says what was wrong, and then
 * nothing was done.
 */
export function readAsked(given: unknown): Asked {
  const { workflowId, typedSearchAttributes } = workflowInfo();
  const input = shaped(given);
  const base = `${occurrenceIdBase(input.schedule)}-`;
  if (!workflowId.startsWith(base))
    throw refusal(`its workflow id must begin with ${base}, since it is of the schedule ${input.schedule}`);
  const plannedMs = input.plannedMs ?? typedSearchAttributes.get(SCHEDULED)?.getTime();
  if (plannedMs === undefined || Number.isNaN(plannedMs))
    throw refusal('its time is missing: {"schedule": NAME, "plannedMs": MILLISECONDS}');
  return { ...input, plannedMs };
}

function shaped(given: unknown): OccurrenceInput {
  try {
    OCCURRENCE_ID(workflowInfo().workflowId);
    return OCCURRENCE_INPUT(given);
  } catch (error) {
    if (!(error instanceof WrongShape)) throw error;
    throw refusal(`what it was started with ${error.message}`);
  }
}

function refusal(what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `This is no occurrence of a schedule: ${what}.`,
    'not-an-occurrence',
  );
}
