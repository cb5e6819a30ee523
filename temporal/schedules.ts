import { createHash, randomUUID } from 'node:crypto';
import { type Client, isGrpcServiceError, ScheduleOverlapPolicy } from '@temporalio/client';
import {
  encodeSchedulePolicies,
  encodeScheduleSpec,
  encodeScheduleState,
} from '@temporalio/client/lib/schedule-helpers.js';
import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { MAIN_QUEUE, occurrenceIdBase } from '../contract/ids.ts';
import type { OccurrenceInput } from '../contract/occurrence.ts';
import { SCHEDULED_RUN } from '../contract/workflows.ts';
import { compileTiming } from '../domain/schedule/compile.ts';
import type { Definition } from '../domain/schedule/definition.ts';
import { scheduleSpec } from './schedule-spec.ts';

// The server's schedules. They tick and know nothing else: docs/adr/0035-a-schedule-only-ticks.md.

/** gRPC's numbers. */
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;

/** The server does not take what it is told, and will not: what it says. */
export class ScheduleRefused extends Error {
  override readonly name = 'ScheduleRefused';
}

/** What the server has of a schedule. */
export interface TickingSchedule {
  /** Of what it was told last; `null`: somebody else's. */
  mark: string | null;
  paused: boolean;
  /** It takes an update only from whoever has seen what it has now. */
  conflictToken: Uint8Array;
  /** When it ticks next, with its jitter, in milliseconds since the epoch; at most ten. */
  nextMs: number[];
}

/** Undefined: there is none. */
export async function tickingSchedule(client: Client, name: string): Promise<TickingSchedule | undefined> {
  const { namespace } = client.options;
  try {
    const found = await client.workflowService.describeSchedule({ namespace, scheduleId: name });
    const { paused, notes } = found.schedule?.state ?? {};
    return {
      mark: MARK.exec(notes ?? '')?.[1] ?? null,
      paused: paused === true,
      conflictToken: found.conflictToken,
      nextMs: (found.info?.futureActionTimes ?? []).map(tsToMs),
    };
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

/**
 * Has the server tick as it is defined.
 *
 * @param over what it replaces; undefined: there is none
 * @returns false: somebody has changed it in between, so look again @throws ScheduleRefused
 */
export async function putSchedule(
  client: Client,
  wanted: { definition: Definition; paused: boolean },
  over: TickingSchedule | undefined,
): Promise<boolean> {
  const request = {
    namespace: client.options.namespace,
    scheduleId: wanted.definition.name,
    schedule: scheduleOf(wanted),
    ...{ identity: client.options.identity, requestId: randomUUID() },
  };
  const { workflowService } = client;
  try {
    if (over === undefined) await workflowService.createSchedule(request);
    else await workflowService.updateSchedule({ ...request, conflictToken: over.conflictToken });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === ALREADY_EXISTS || code === NOT_FOUND || code === FAILED_PRECONDITION) return false;
    if (code === INVALID_ARGUMENT) throw new ScheduleRefused(detailsOf(error), { cause: error });
    throw error;
  }
}

/** What runs of it goes on. */
export async function removeSchedule(client: Client, name: string): Promise<void> {
  const { namespace, identity } = client.options;
  try {
    await client.workflowService.deleteSchedule({ namespace, identity, scheduleId: name });
  } catch (error) {
    if (codeOf(error) !== NOT_FOUND) throw error;
  }
}

const MARK = /\bmark ([0-9a-f]{16})$/;

/** Two wishes with the same mark are the same to the server. */
export function markOf(wanted: { definition: Definition; paused: boolean }): string {
  const schedule = { ...whatTicks(wanted.definition), paused: wanted.paused };
  return createHash('sha256').update(JSON.stringify(schedule)).digest('hex').slice(0, 16);
}

function whatTicks(definition: Definition) {
  const { name, catchUpMs } = definition;
  const args: [OccurrenceInput] = [{ schedule: name }];
  return {
    spec: encodeScheduleSpec(scheduleSpec(compileTiming(definition))),
    // All that is due starts: who begins is decided by the schedule's own workflow.
    policies: encodeSchedulePolicies({
      overlap: ScheduleOverlapPolicy.ALLOW_ALL,
      catchupWindow: catchUpMs,
      pauseOnFailure: false,
    }),
    action: {
      startWorkflow: {
        workflowId: occurrenceIdBase(name),
        workflowType: { name: SCHEDULED_RUN },
        taskQueue: { name: MAIN_QUEUE },
        input: { payloads: args.map((arg) => defaultPayloadConverter.toPayload(arg)) },
      },
    },
  };
}

function scheduleOf(wanted: { definition: Definition; paused: boolean }) {
  const note = `Kept by the workflow schedule-${wanted.definition.name}; mark ${markOf(wanted)}`;
  return {
    ...whatTicks(wanted.definition),
    state: encodeScheduleState({ paused: wanted.paused, note }),
  };
}

function codeOf(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}

function detailsOf(error: unknown): string {
  return isGrpcServiceError(error) && error.details !== '' ? error.details : String(error);
}
