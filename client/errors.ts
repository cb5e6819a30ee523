import {
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { SchedulerError } from '../contract/errors.ts';
import { TaskNotFound, TinyTaskError } from '../tinytask/errors.ts';
import { schedulerError } from '../words/errors.ts';

/** A call that fails with a SchedulerError, whatever TinyTask or Temporal has failed with. A defect of ours stays what it is. */
export function coded<Args extends unknown[], Answer>(
  call: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (error) {
      throw asSchedulerError(error);
    }
  };
}

const OF_TEMPORAL = [
  ServiceError,
  NamespaceNotFoundError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowFailedError,
];

export function asSchedulerError(error: unknown): unknown {
  if (error instanceof SchedulerError) return error;
  const cause = { cause: error };
  if (error instanceof TaskNotFound)
    return schedulerError({ code: 'no-such-task', taskId: error.taskId }, cause);
  if (error instanceof TinyTaskError) return schedulerError(failureOf(error), cause);
  if (!isGrpcServiceError(error) && !OF_TEMPORAL.some((kind) => error instanceof kind)) return error;
  return schedulerError({ code: 'temporal-failed', text: textOf(error as Error) }, cause);
}

/** What TinyTask failed with, as a failure of the scheduler's API. */
export function failureOf({ kind, tool, message: text }: TinyTaskError) {
  return { code: `tinytask-${kind}`, tool, text } as const;
}

/** Temporal's errors say what failed; why is in their cause. */
function textOf({ message, cause }: Error): string {
  const details = (cause as { details?: unknown } | undefined)?.details;
  if (typeof details === 'string' && details !== '') return `${message}: ${details}`;
  return message;
}
