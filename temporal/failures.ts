import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

/** The server's name for it. */
const ENDED_BEFORE = 'AcceptedUpdateCompletedWorkflow';

/**
 * What a workflow said when it refused an update, which it would do again. Undefined for all else, and where it ended, or
 * continued as new, before it answered.
 */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause, message } = error;
  if (cause instanceof ApplicationFailure && cause.type === ENDED_BEFORE) return undefined;
  return cause?.message ?? message;
}

/** gRPC's number for it. */
const FAILED_PRECONDITION = 9;

/**
 * Whether a call to Temporal ended because its time was over. A server that sees the deadline first resets the stream, which
 * comes out as cancelled.
 */
export function isTimeout(error: unknown): boolean {
  return isGrpcDeadlineError(error) || isGrpcCancelledError(error);
}

/**
 * Whether a query failed since there is nobody to answer it: no worker polls, the workflow is gone or does not get on, or is
 * of a version that does not know the query.
 */
export function isNobodyThere(error: unknown): boolean {
  if (isTimeout(error)) return true;
  if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError) return true;
  // The server has seen no poller for a while, or the workflow task has failed. It has no other name for either.
  for (let at = error; at instanceof Error; at = at.cause)
    if (isGrpcServiceError(at) && at.code === FAILED_PRECONDITION) return true;
  return false;
}
