import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  WorkflowNotFoundError,
} from '@temporalio/client';

/** gRPC's numbers for them. */
const INVALID_ARGUMENT = 3;
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
  return isAnswer(error, ({ code }) => code === FAILED_PRECONDITION);
}

/** Whether a namespace was asked for a search attribute that it lacks: no daemon has ever been there, so it has nothing of ours. */
export function isAttributeMissing(error: unknown): boolean {
  return isAnswer(
    error,
    ({ code, details }) => code === INVALID_ARGUMENT && details.includes('search attribute'),
  );
}

/** Whether it, or what caused it, is such an answer of the server. */
function isAnswer(error: unknown, isSuch: (answer: { code: number; details: string }) => boolean): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (isGrpcServiceError(at) && isSuch(at)) return true;
  return false;
}
