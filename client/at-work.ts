import type { TaskAtWork } from '../contract/running.ts';
import type { RunLine } from '../contract/status.ts';
import { semaphoreName } from '../domain/semaphore-id.ts';
import { hostOf } from '../temporal/attempts.ts';
import type { KnownRun } from '../temporal/runs.ts';
import type { Snapshot } from './snapshot.ts';
import { runLines } from './status.ts';

/**
 * Each task that has a slot, by its id.
 *
 * @param silentMs a goose host that was not heard of for so long is gone
 * @param limitMs so long a goose may run where its agent's entry says nothing of it
 */
export function atWorkIn(snapshot: Snapshot, silentMs: number, limitMs: number): TaskAtWork[] {
  const { tasks, rules } = snapshot;
  const titles = new Map(tasks.map(({ id, title }) => [id, title]));
  const runs = new Map(snapshot.runs.map((run) => [run.taskId, run]));
  return runLines(snapshot, silentMs).flatMap((line) => {
    const run = runs.get(line.taskId);
    if (run === undefined || !isAtWork(line.state)) return [];
    const configured = rules.get(line.agent ?? '')?.maxRuntimeMs ?? limitMs;
    return [{ ...facts(line, run, configured), state: line.state, title: titles.get(line.taskId) ?? null }];
  });
}

const AT_WORK: readonly RunLine['state'][] = ['running', 'waiting-for-host', 'interrupted'];

function isAtWork(state: RunLine['state']): state is TaskAtWork['state'] {
  return AT_WORK.includes(state);
}

function facts(
  { taskId, agent, queue, attempt, sinceMs }: RunLine,
  { runId, memo, attempt: known }: KnownRun,
  configuredMs: number,
): Omit<TaskAtWork, 'state' | 'title'> {
  const { begunMs, limitMs = configuredMs, tokens = null, turns = null } = known?.progress ?? {};
  const whose = memo === null ? undefined : semaphoreName(memo.semaphore);
  // A host of an earlier version does not tell when its goose began: soon after it had taken the attempt.
  const fromMs = begunMs ?? known?.startedAtMs;
  return {
    ...{ taskId, agent, runId, attempt: Math.max(1, attempt), limitMs, tokens, turns },
    pool: whose !== undefined && 'queue' in whose ? whose.queue : queue,
    sinceMs: known?.startedAtMs ?? known?.sentAtMs ?? sinceMs,
    deadlineMs: fromMs == null ? null : fromMs + limitMs,
    host: hostOf(known?.worker),
    heardMs: known?.heardAtMs ?? null,
  };
}
