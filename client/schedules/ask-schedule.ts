import {
  ApplicationFailure,
  type Client,
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
} from '@temporalio/client';
import type { ErrorCode } from '../../contract/errors.ts';
import { MAIN_QUEUE, scheduleWorkflowId } from '../../contract/ids.ts';
import { define, type Wish } from '../../contract/messages.ts';
import type { DefineAsked, Defined } from '../../contract/schedule.ts';
import { SCHEDULE, type Workflows } from '../../contract/workflows.ts';
import { nameProblem } from '../../domain/names.ts';
import { isTimeout } from '../../temporal/failures.ts';
import { schedulerError } from '../../words/errors.ts';
import { noSuchSchedule } from './there.ts';

/** So long a daemon has to take a wish. */
const TAKEN_MS = 10_000;
/** A schedule answers when the server has what follows, and after 10 s without that. */
const ANSWERED_MS = 20_000;

/**
 * Asks the workflow of a schedule for something.
 * @throws `no-such-schedule` @throws `no-daemon` where no worker takes it, or answers, in time
 */
export async function askSchedule<Result, Args extends [unknown, ...unknown[]]>(
  client: Client,
  name: string,
  wish: Wish<Result, Args>,
  ...args: NoInfer<Args>
): Promise<Result> {
  if (nameProblem(name) !== undefined) throw await noSuchSchedule(client, name);
  const handle = client.workflow.getHandle(scheduleWorkflowId(name));
  try {
    return await inTime(client, () =>
      handle.startUpdate<Result, Args>(wish, { args, waitForStage: WorkflowUpdateStage.ACCEPTED }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isUndefined(error))
      throw await noSuchSchedule(client, name);
    throw error;
  }
}

/** Its workflow was started, and has not been defined, or it is just being deleted: see workflows/schedule/messages.ts. */
function isUndefined(error: unknown): boolean {
  const NO_SUCH: ErrorCode = 'no-such-schedule';
  const { cause } = error as { cause?: unknown };
  return (
    error instanceof WorkflowUpdateFailedError &&
    cause instanceof ApplicationFailure &&
    cause.type === NO_SUCH
  );
}

/** Has a schedule defined, whose workflow is started where there is none. @throws `no-daemon` */
export function startSchedule(client: Client, asked: DefineAsked): Promise<Defined> {
  const { name } = asked.definition;
  const start = new WithStartWorkflowOperation<Workflows['schedule']>(SCHEDULE, {
    workflowId: scheduleWorkflowId(name),
    taskQueue: MAIN_QUEUE,
    args: [{ name }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
  // What it fails with, the update fails with too.
  start.workflowHandle().catch(() => undefined);
  return inTime(client, () =>
    client.workflow.startUpdateWithStart(define, {
      args: [asked],
      waitForStage: WorkflowUpdateStage.ACCEPTED,
      startWorkflowOperation: start,
    }),
  );
}

async function inTime<Result>(
  client: Client,
  send: () => Promise<{ result(): Promise<Result> }>,
): Promise<Result> {
  let withinMs = TAKEN_MS;
  try {
    const taken = await client.connection.withDeadline(Date.now() + TAKEN_MS, send);
    withinMs = ANSWERED_MS;
    return await client.connection.withDeadline(Date.now() + ANSWERED_MS, () => taken.result());
  } catch (error) {
    if (!isTimeout(error) && !(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    throw schedulerError({ code: 'no-daemon', withinMs }, { cause: error });
  }
}
