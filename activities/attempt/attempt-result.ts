import { hostname } from 'node:os';
import type { Context } from '@temporalio/activity';
import type { AttemptResult } from '../../contract/run.ts';
import type { Stop } from '../../domain/attempt/judge.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import type { AfterProgram } from './after-program.ts';
import type { PutOff } from './claim.ts';
import type { Ran } from './runnable.ts';

/** Of an attempt in which nothing ran. */
export const NOTHING = { claimed: false, log: null, host: hostname(), seconds: 0, turns: 0, tokens: null };

const PUT_OFF: Record<PutOff, string> = {
  paused: 'paused',
  'slot-lost': 'its slot is not good any more: its semaphore was ended, or its agent changed its pool',
};

export function putOffResult(why: PutOff): AttemptResult {
  return { ...NOTHING, noAttempt: why, verdict: notStarted(PUT_OFF[why]) };
}

/** It was stopped before the task was claimed. */
export function notBegun({ why, detail }: Stop): AttemptResult {
  const reason = `not started: ${detail}`;
  if (why === 'lease-lost') return { ...NOTHING, verdict: { kind: 'worker-lost', reason } };
  return { ...NOTHING, verdict: { kind: 'cancelled', reason }, ...cancelledBy(why) };
}

export function notStarted(reason: string): Verdict {
  return { kind: 'cancelled', reason: `not started: ${reason}` };
}

/** Of an attempt in which something ran. */
export function resultOf(ran: Ran, { verdict, stopped, verified }: AfterProgram): AttemptResult {
  return {
    verdict,
    claimed: true,
    ...cancelledBy(stopped?.why),
    ...(verified && { verified }),
    log: ran.logProblem === undefined ? ran.logName : `${ran.logName} (${ran.logProblem})`,
    host: hostname(),
    seconds: Math.round((ran.endedAt - ran.startedAt) / 100) / 10,
    turns: ran.turns,
    tokens: ran.tokens,
    ...(ran.recipe !== undefined && { recipe: ran.recipe }),
  };
}

function cancelledBy(why: Stop['why'] | undefined): Pick<AttemptResult, 'cancelledBy'> {
  if (why === 'shutdown') return { cancelledBy: 'shutdown' };
  return why === 'cancelled' ? { cancelledBy: 'person' } : {};
}

/** Why the server or the worker wants the activity to end. */
export function whyCancelled({ cancellationDetails: details }: Context): Stop {
  if (details?.workerShutdown) return { why: 'shutdown', detail: 'the worker was shut down' };
  if (details?.notFound || details?.timedOut || details?.reset) {
    return { why: 'lease-lost', detail: 'the server gave the run up' };
  }
  return { why: 'cancelled', detail: 'cancelled by hand' };
}
