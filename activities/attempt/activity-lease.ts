import type { Context } from '@temporalio/activity';
import { ActivityCancelledError, ActivityNotFoundError, type Client } from '@temporalio/client';
import type { AttemptBeat } from '../../contract/activities.ts';
import type { Stop } from '../../domain/attempt/judge.ts';
import { leasePolicy } from '../../domain/attempt/lease.ts';
import { type BeatAnswer, Lease } from '../../goose/run/lease.ts';

/** A heartbeat that takes longer is as good as lost, and the next one is under way. */
const ANSWER_MS = 10_000;

export interface ActivityLeaseOptions {
  /** On a connection of its own: the worker's may be busy, or hang, with something else. */
  client: Client;
  context: Context;
  /** Asked for each heartbeat. */
  says: () => AttemptBeat;
  graceMs: number;
  /** Interval of heartbeats, by configuration. */
  everyMs: number;
  onStop: (stop: Stop) => void;
  onRenewed: (deadlineAt: number) => void;
}

/** The lease of the activity in whose context this is called. */
export function activityLease({ client, context, says, graceMs, ...options }: ActivityLeaseOptions): Lease {
  const { taskToken, heartbeatTimeoutMs } = context.info;
  if (heartbeatTimeoutMs === undefined) throw new Error('a goose run needs a heartbeat timeout');
  return new Lease({
    ...options,
    policy: leasePolicy(heartbeatTimeoutMs, graceMs),
    beat: (deadlineMs) => heartbeatAnswered(client, { taskToken, says: says() }, deadlineMs),
  });
}

/** Sends a heartbeat and says what the server answered. Rejects if it has not by `deadlineMs` (since 1970). */
export async function heartbeatAnswered(
  client: Client,
  { taskToken, says }: { taskToken: Uint8Array; says?: AttemptBeat },
  deadlineMs: number,
): Promise<BeatAnswer> {
  try {
    await client.withDeadline(Math.min(deadlineMs, Date.now() + ANSWER_MS), () =>
      client.activity.heartbeat(taskToken, says),
    );
    return 'acknowledged';
  } catch (error) {
    if (error instanceof ActivityNotFoundError) return 'gone';
    if (error instanceof ActivityCancelledError) return 'cancel-requested';
    throw error;
  }
}
