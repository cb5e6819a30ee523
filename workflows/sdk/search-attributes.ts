import type { SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import { AGENT, PHASE, POOL, QUEUE, TASK_ID } from '../../contract/attributes.ts';
import type { OccurrenceMemo } from '../../contract/occurrence.ts';
import type { Phase } from '../../contract/run.ts';
import type { ScheduleState } from '../../contract/schedule.ts';

/** What `temporal workflow list -q 'Phase="parked"'` and the Web UI filter by. */
export function runAttributes(
  taskId: number,
  { semaphore, wants, queue }: { semaphore: string; wants: string | null; queue: string | null },
): SearchAttributePair[] {
  return [
    { key: POOL, value: semaphore },
    { key: TASK_ID, value: String(taskId) },
    { key: PHASE, value: 'waiting' },
    ...(wants === null ? [] : [{ key: AGENT, value: wants }]),
    ...(queue === null ? [] : [{ key: QUEUE, value: queue }]),
  ];
}

/** @param agent null: nobody yet */
export function setPhase(phase: Phase, agent: string | null): void {
  upsertSearchAttributes([
    { key: PHASE, value: phase },
    { key: AGENT, value: agent },
  ]);
}

/** The same of an occurrence. */
export function setOccurrencePhase(phase: OccurrenceMemo['phase']): void {
  upsertSearchAttributes([{ key: PHASE, value: phase }]);
}

/** Of a schedule. `troubled`: something is wrong with it, whatever its state. */
export function setSchedulePhase(phase: ScheduleState | 'troubled'): void {
  upsertSearchAttributes([{ key: PHASE, value: phase }]);
}
