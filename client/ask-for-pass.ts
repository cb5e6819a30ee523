import type { Client } from '@temporalio/client';
import { makePass } from '../contract/messages.ts';
import type { PassReport } from '../contract/pass.ts';
import { fulfilled, Refused, Unanswered } from '../temporal/fulfilled.ts';
import { scheduler } from '../temporal/scheduler.ts';
import { isServed } from '../temporal/served.ts';
import { schedulerError } from '../words/errors.ts';

export interface PassAsked {
  /** Asked again with the same one, it is the same pass. */
  id: string;
  once: boolean;
  /** How long a worker that serves the scheduler may take to show itself. */
  acceptMs: number;
  /** A worker that has taken the pass and is not heard of for so long is gone. */
  silentMs?: number;
}

/** A heartbeat may be as late. */
const SILENT_MS = 15_000;
/** A scheduler that was ended meanwhile does not know of the wish. Each time later, since all that is sent stays in its history. */
const LONGEST_ROUND_MS = 600_000;

/**
 * One full pass. Undefined when there is no worker that serves the scheduler, or none any more: then nothing was asked, or the
 * pass goes on when it is asked for again.
 *
 * @throws `pass-failed`
 */
export async function askForPass(
  client: Client,
  { id, once, acceptMs, silentMs = SILENT_MS }: PassAsked,
): Promise<PassReport | undefined> {
  const asked = await scheduler(client);
  for (let withinMs = silentMs; ; withinMs = Math.min(withinMs * 2, LONGEST_ROUND_MS)) {
    // What is sent is done some day. So it is sent only where somebody is there: who asks may be gone, too, before anybody comes.
    if (!(await isServed(client, asked, acceptMs))) return undefined;
    try {
      return await fulfilled(
        client,
        { ...asked, wish: makePass, args: [{ once }] },
        { withinMs, id, silentMs },
      );
    } catch (error) {
      if (error instanceof Refused)
        throw schedulerError({ code: 'pass-failed', text: error.message }, { cause: error });
      if (!(error instanceof Unanswered)) throw error;
    }
  }
}
