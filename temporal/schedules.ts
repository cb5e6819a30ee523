import { createHash } from 'node:crypto';
import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import {
  encodeSchedulePolicies,
  encodeScheduleSpec,
  encodeScheduleState,
} from '@temporalio/client/lib/schedule-helpers.js';
import { defaultPayloadConverter } from '@temporalio/common';
import { MAIN_QUEUE, occurrenceIdBase } from '../contract/ids.ts';
import type { OccurrenceInput } from '../contract/occurrence.ts';
import { SCHEDULED_RUN } from '../contract/workflows.ts';
import { compileTiming } from '../domain/schedule/compile.ts';
import type { Definition } from '../domain/schedule/definition.ts';
import { scheduleSpec } from './schedule-spec.ts';

// The server's schedules. They tick, and know nothing else: see docs/adr/0035-a-schedule-only-ticks.md.

/** gRPC's numbers. */
const INVALID_ARGUMENT = 3;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;
