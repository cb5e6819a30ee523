import { isSameTask, type Task, type TaskRef } from '../task.ts';
import type { Verdict } from './verdict.ts';

/** What became of the task after an attempt. */
export type Outcome =
  | { task: 'complete'; by: 'us' | 'agent' }
  /** Moved or reassigned: it is somebody else's now. */
  | { task: 'handed-off'; to: string | null }
  /** The agent ended well, but it or a person has set the task to idle, still with this agent. */
  | { task: 'put-back' }
  /** The agent ended well, but the task has open subtasks or an open blocker. */
  | { task: 'not-done'; reason: string }
  /** Idle again after an attempt that came to nothing: by us, or found so. */
  | { task: 'returned' }
  /** Not claimed by this attempt, so left as it is. */
  | { task: 'untouched' }
  /** Deleted, archived, or another task under the same id. */
  | { task: 'gone'; reason: string };

export interface Settlement {
  write: 'complete' | 'idle' | 'nothing';
  outcome: Outcome;
}

/** What is known when an attempt is written back. */
export interface AttemptEnd {
  /** As TinyTask has it now; undefined when it answers `Task not found`. */
  task: Task | undefined;
  /** Of which task the run is. */
  ref: TaskRef;
  /** Ids of the task's open subtasks. */
  openSubtasks: readonly number[];
  agent: string;
  /** Whether this attempt set the task to `working`, or may have. */
  claimed: boolean;
  verdict: Verdict;
  /** A task may be started, and so completed, while its blocker is open. */
  blockingDisabled: boolean;
}

/**
 * What to write after an attempt: what the agent or a person did to the task stands; only a task that is
 * still ours and `working` is changed.
 */
export function settlement(end: AttemptEnd): Settlement {
  const { task, ref, agent, claimed, verdict } = end;
  const leave = (outcome: Outcome): Settlement => ({ write: 'nothing', outcome });
  if (task === undefined) return leave({ task: 'gone', reason: 'the task was deleted' });
  if (!isSameTask(task, ref)) return leave({ task: 'gone', reason: 'another task has its id now' });
  if (task.archivedAt !== null) return leave({ task: 'gone', reason: 'the task was archived' });
  if (task.status === 'complete') return leave({ task: 'complete', by: 'agent' });
  // TinyTask cannot take an assignment back, so a task with nobody was not claimed.
  if (!claimed || task.assignedTo === null) {
    const taken = task.assignedTo !== null && task.assignedTo !== agent;
    return leave(taken ? { task: 'handed-off', to: task.assignedTo } : { task: 'untouched' });
  }
  if (task.assignedTo !== agent) return leave({ task: 'handed-off', to: task.assignedTo });
  const undone = notDone(task, end);
  if (task.status === 'idle') {
    // Perhaps this write-back is a repetition, and the first one, whose answer was lost, has set the task to idle. Or
    // TinyTask did: a task that gets an idle subtask becomes idle itself. Neither says anything of the agent.
    if (verdict.kind !== 'completed') return leave({ task: 'returned' });
    return leave(undone ?? { task: 'put-back' });
  }
  if (verdict.kind !== 'completed') return { write: 'idle', outcome: { task: 'returned' } };
  if (undone !== undefined) return { write: 'idle', outcome: undone };
  return { write: 'complete', outcome: { task: 'complete', by: 'us' } };
}

function notDone(
  task: Task,
  { openSubtasks, blockingDisabled }: Pick<AttemptEnd, 'openSubtasks' | 'blockingDisabled'>,
): Outcome | undefined {
  if (openSubtasks.length > 0) {
    return { task: 'not-done', reason: `it has open subtasks (${openSubtasks.slice(0, 10).join(', ')})` };
  }
  if (!task.isCurrentlyBlocked || blockingDisabled) return undefined;
  return { task: 'not-done', reason: `it is blocked by task ${task.blockedByTaskId}` };
}
