import { z } from '@hono/zod-openapi';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { Look, OpenTask } from '../../contract/listings.ts';
import type { RunLine } from '../../contract/status.ts';
import * as is from './shapes.ts';

/** Where a task is, before and after something was done with it. */
export interface Place {
  taskId: number;
  /** Of an open task as in lists; else what TinyTask says. */
  phase: OpenTask['phase'] | 'complete' | 'archived';
  agent: string | null;
  attempt: number | null;
  reason: string | null;
}

export const placeShape = z
  .strictObject({
    task_id: z.int(),
    phase: z.enum([...is.phase.options, 'complete', 'archived']),
    agent: is.textOrNull,
    attempt: is.countOrNull,
    reason: is.textOrNull,
  })
  .openapi('Place');

export function placeJson({ taskId, ...place }: Place): Record<string, unknown> {
  return { task_id: taskId, ...place };
}

/** @throws `no-such-task` */
export async function placeOf(client: SchedulerClient, look: Look, taskId: number): Promise<Place> {
  const found = placeIn(look, taskId);
  if (found !== undefined) return found;
  const { status, archivedAt, assignedTo } = await client.task(taskId);
  const phase =
    archivedAt !== null
      ? 'archived'
      : status === 'complete'
        ? 'complete'
        : status === 'working'
          ? 'working-elsewhere'
          : 'waiting';
  return { taskId, phase, agent: assignedTo, attempt: null, reason: null };
}

/** Undefined: it is not open, or is newer than the look. While TinyTask does not answer, its run tells. */
export function placeIn(look: Look, taskId: number): Place | undefined {
  const known = PLACES.get(look) ?? placesIn(look);
  PLACES.set(look, known);
  return known.get(taskId);
}

/** Many are asked about with one look. */
const PLACES = new WeakMap<Look, ReadonlyMap<number, Place>>();

function placesIn({ tasks, status }: Look): ReadonlyMap<number, Place> {
  const { running, interrupted, queued, backingOff, parked } = status;
  const places = tasks?.map(ofTask) ?? [running, interrupted, queued, backingOff, parked].flat().map(ofRun);
  return new Map(places.map((place) => [place.taskId, place]));
}

function ofTask({ taskId, phase, agent, run, waits }: OpenTask): Place {
  return { taskId, phase, agent, attempt: run?.attempt ?? null, reason: waits?.reason.why ?? null };
}

function ofRun({ taskId, state, agent, attempt, waits }: RunLine): Place {
  return { taskId, phase: state, agent, attempt, reason: waits?.reason.why ?? null };
}
