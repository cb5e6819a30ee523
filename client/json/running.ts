import type { RunningNow, RunningTask } from '../../contract/running.ts';
import { cut } from '../../domain/cut.ts';
import { isoTime } from './iso-time.ts';
import { TITLE } from './tasks.ts';

/** What each task that has a slot is at, as one JSON object, times in ISO 8601. What is not known is null. */
export function runningJson({ atMs, running, more }: RunningNow): Record<string, unknown> {
  return { at: isoTime(atMs), running: running.map(taskJson), more };
}

function taskJson(task: RunningTask): Record<string, unknown> {
  const { taskId, title, agent, pool, state, attempt, runId, limitMs, tokens, turns, host, log } = task;
  return {
    ...{ task_id: taskId, title: title === null ? null : cut(title, TITLE), agent, pool, state, attempt },
    ...{ run_id: runId, since: isoTime(task.sinceMs), deadline: isoTime(task.deadlineMs), limit_ms: limitMs },
    ...{ tokens, turns, host, heard: isoTime(task.heardMs) },
    last_output: log?.lastLine ?? null,
    log: log && {
      name: log.name,
      bytes: log.bytes,
      written: isoTime(log.writtenMs),
      silent_ms: log.silentMs,
    },
  };
}
