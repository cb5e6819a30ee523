import type { SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Phase } from '../domain/run.ts';

const keyword = (name: string) => ({ name, type: 'KEYWORD' as const });
const AGENT = keyword('Agent');
const QUEUE = keyword('Queue');
const TASK_ID = keyword('TaskId');
const PHASE = keyword('Phase');

/** What `temporal workflow list -q 'Phase="parked"'` and the Web UI filter by. */
export function runAttributes(taskId: number, agent: string, queue: string | null): SearchAttributePair[] {
  return [
    { key: AGENT, value: agent },
    { key: TASK_ID, value: String(taskId) },
    { key: PHASE, value: 'waiting' },
    ...(queue === null ? [] : [{ key: QUEUE, value: queue }]),
  ];
}

export function setPhase(phase: Phase): void {
  upsertSearchAttributes([{ key: PHASE, value: phase }]);
}
