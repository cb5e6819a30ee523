import { Context, heartbeat } from '@temporalio/activity';
import type { AttemptBeat, GooseActivities } from '../../contract/activities.ts';
import type { AttemptResult } from '../../contract/run.ts';
import { cutTexts } from '../../domain/cut.ts';
import { withoutSecrets } from '../../domain/secret-values.ts';
import { NOTHING, notStarted } from './attempt-result.ts';
import type { GooseDeps } from './deps.ts';
import { diskTrouble } from './disk-trouble.ts';
import { Attempt } from './goose-attempt.ts';

/** The answer to a heartbeat brings a cancellation, and who cancels a run wants its goose stopped now. */
const LONGEST_BEAT_MS = 2_000;

export function gooseActivities(deps: GooseDeps): GooseActivities {
  return {
    async runGoose(input) {
      const context = Context.current();
      const { workflowExecution } = context.info;
      if (workflowExecution === undefined) throw new Error('a goose run needs a workflow');
      if (input.grantedTo !== workflowExecution.runId)
        return { ...NOTHING, noAttempt: 'slot-lost', verdict: notStarted('the slot was another run’s') };
      const beatEveryMs = Math.min(deps.config.heartbeatMs, LONGEST_BEAT_MS);
      // Besides the lease's own: without it the SDK takes the activity for timed out and drops its result.
      const says: AttemptBeat = { fence: input.fence };
      const beat = setInterval(() => heartbeat(says), beatEveryMs);
      const attempt = new Attempt(deps, input, { context, execution: workflowExecution, beatEveryMs });
      try {
        const ran = await attempt.run().catch((error: unknown): AttemptResult => {
          const verdict = diskTrouble(error);
          if (verdict === undefined) throw cleaned(error, deps.environment);
          return { ...NOTHING, claimed: attempt.claimed, verdict };
        });
        // It travels through histories and memos, and may quote whatever somebody wrote into a task or a file.
        const reason = withoutSecrets(ran.verdict.reason, deps.environment);
        const result = cutTexts({ ...ran, verdict: { ...ran.verdict, reason } });
        deps.tell({ what: 'attempt-ended', ...attempt.ids, result });
        // By us, since it is known here first: the next run of the slot need not wait until this one's workflow hears.
        return { ...result, slotReleased: await attempt.releaseSlot(result) };
      } finally {
        clearInterval(beat);
        await attempt.end();
      }
    },
  };
}

/** The error with a message that may be told: others wrote it, and it becomes the reason of a verdict. */
function cleaned(error: unknown, environment: GooseDeps['environment']): unknown {
  if (!(error instanceof Error)) return new Error(withoutSecrets(String(error), environment));
  error.message = withoutSecrets(error.message, environment);
  if (error.stack !== undefined) error.stack = withoutSecrets(error.stack, environment);
  return error;
}
