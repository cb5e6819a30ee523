import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { GooseActivities } from '../../contract/activities.ts';
import type { AttemptResult, RunSettings } from '../../contract/run.ts';
import { cut } from '../../domain/cut.ts';
import type { Grant } from '../../domain/slots/pool.ts';
import type { TaskRun } from './task-run.ts';

/**
 * How much longer than its own limits the activity may take before the server gives it up. Its host ends it when nothing
 * of it lives any more, and the slot is not free before. A host that is gone is noticed by its heartbeat.
 */
const MARGIN_MS = 24 * 3_600_000;

/** One attempt on a goose host. Never throws: whatever happened to the activity is a verdict. */
export async function attempt(run: TaskRun, grant: Grant): Promise<AttemptResult> {
  const { input } = run;
  const settings = settingsUnder(input.settings, grant);
  run.begin({ ...run.past, number: run.past.number + 1 });
  run.agent = grant.agent;
  run.began(grant);
  run.enter('running', `Attempt ${run.past.number} on ${grant.agent}.`);
  const { runGoose } = proxyActivities<GooseActivities>({
    taskQueue: grant.gooseQueue,
    heartbeatTimeout: settings.heartbeatTimeoutMs,
    startToCloseTimeout: settings.maxRuntimeMs + settings.killGraceMs + MARGIN_MS,
    // The default stops waiting while goose still lives.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    // Not idempotent: every further attempt is a decision of this run.
    retry: { maximumAttempts: 1 },
    summary: `task ${input.task.id}, ${grant.agent}, attempt ${run.past.number}`,
  });

  const scope = new CancellationScope({ cancellable: true });
  let done = false;
  const result = scope
    .run(() =>
      runGoose({
        task: input.task,
        agent: grant.agent,
        assignee: run.assignee,
        pool: input.pool,
        queue: input.queue,
        number: run.past.number,
        grantedTo: grant.runId,
        fence: grant.fence,
        semaphore: input.semaphore,
        probe: grant.probe,
        maxRuntimeMs: settings.maxRuntimeMs,
        killGraceMs: settings.killGraceMs,
        ...(grant.rules && { rules: grant.rules }),
      }),
    )
    .catch(verdictOf)
    .finally(() => {
      done = true;
    });
  await condition(() => done || run.cancelled || run.whyStopped(grant) !== undefined);
  if (!done) scope.cancel();
  const ended = whoStopped(run, grant, await result);
  if (ended.noAttempt !== undefined) run.past = { ...run.past, number: run.past.number - 1 };
  return ended;
}

/** Those of the run, under the rules of the agent that has it now: the file may have been edited since the run began. */
export function settingsUnder(settings: RunSettings, { rules = {} }: Grant): RunSettings {
  const { maxRuntimeMs = settings.maxRuntimeMs, maxAttempts = settings.maxAttempts } = rules;
  return { ...settings, maxRuntimeMs, maxAttempts };
}

/** The host knows only that it was told to stop. Who cancels the run wants it parked, whatever else was stopped. */
function whoStopped(run: TaskRun, grant: Grant, result: AttemptResult): AttemptResult {
  const why = run.whyStopped(grant);
  if (why === undefined || run.cancelled || result.cancelledBy !== 'person') return result;
  return { ...result, cancelledBy: 'stop-agents', verdict: { ...result.verdict, reason: why } };
}

function verdictOf(error: unknown): AttemptResult {
  const nothing = { log: null, host: '', seconds: 0, turns: 0, tokens: null };
  if (isCancellation(error)) {
    // Cancelled before a worker took it.
    const verdict = { kind: 'cancelled' as const, reason: 'it was cancelled before it started' };
    return { ...nothing, verdict, claimed: false, cancelledBy: 'person' };
  }
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) {
    const reason =
      cause.timeoutType === 'HEARTBEAT'
        ? 'its worker was not heard of for the heartbeat timeout'
        : 'its worker did not end it in time';
    return { ...nothing, verdict: { kind: 'worker-lost', reason }, claimed: true };
  }
  const reason = cut(cause instanceof Error ? cause.message : String(cause));
  if (cause instanceof Error && (cause as { type?: string }).type === 'WorkerLost') {
    return { ...nothing, verdict: { kind: 'worker-lost', reason }, claimed: true };
  }
  return { ...nothing, verdict: { kind: 'agent-failed', reason }, claimed: true };
}
