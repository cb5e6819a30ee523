import type { SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Phase } from '../domain/run.ts';

const keyword = (name: string) => ({ name, type: 'KEYWORD' as const });
const AGENT = keyword('Agent');
const POOL = keyword('Pool');
const QUEUE = keyword('Queue');
const TASK_ID = keyword('TaskId');
const PHASE = keyword('Phase');

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
