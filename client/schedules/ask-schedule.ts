import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { ErrorCode } from '../../contract/errors.ts';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import { define, type Wish } from '../../contract/messages.ts';
import type { DefineAsked, Defined } from '../../contract/schedule.ts';
import { SCHEDULE } from '../../contract/workflows.ts';
import { nameProblem } from '../../domain/names.ts';
import { fulfilled, type Question, Refused, Unanswered } from '../../temporal/fulfilled.ts';
import { schedulerError } from '../../words/errors.ts';
import { noSuchSchedule } from './there.ts';

/** A schedule answers when the server has what follows, and after 10 s without that. */
const WITHIN_MS = 15_000;

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
  try {
    return await inTime(client, { workflowId: scheduleWorkflowId(name), wish, args });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isUndefined(error))
      throw await noSuchSchedule(client, name);
    throw error;
  }
}

/** Its workflow was started, and has not been defined, or it is just being deleted: see workflows/schedule/messages.ts. */
function isUndefined(error: unknown): boolean {
  const NO_SUCH: ErrorCode = 'no-such-schedule';
  return error instanceof Refused && error.type === NO_SUCH;
}

/** Has a schedule defined, whose workflow is started where there is none. @throws `no-daemon` */
export function startSchedule(client: Client, asked: DefineAsked): Promise<Defined> {
  const { name } = asked.definition;
  const start = { workflow: SCHEDULE, args: [{ name }] };
  const workflowId = scheduleWorkflowId(name);
  return inTime(client, { workflowId, start, wish: define, args: [asked] });
}

async function inTime<Result, Args extends unknown[]>(
  client: Client,
  question: Question<Result, Args>,
): Promise<Result> {
  try {
    return await fulfilled(client, question, { withinMs: WITHIN_MS });
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    throw schedulerError({ code: 'no-daemon', withinMs: error.withinMs }, { cause: error });
  }
}
