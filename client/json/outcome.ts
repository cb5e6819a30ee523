import { isWell, type TaskOutcome } from '../../contract/status.ts';
import { sayTaskOutcome } from '../../words/task-outcome.ts';

/** How a task that was waited for ended, as one JSON object. */
export function outcomeJson(outcome: TaskOutcome): Record<string, unknown> {
  const { taskId, agent, runId, state, end, verdict, attempts, log, tookMs } = outcome;
  return {
    task_id: taskId,
    agent,
    run_id: runId,
    state,
    end,
    verdict: verdict?.kind ?? null,
    reason: verdict?.reason ?? null,
    attempts,
    log,
    seconds: Math.round(tookMs / 100) / 10,
    well: isWell(outcome),
    says: sayTaskOutcome(outcome),
  };
}
