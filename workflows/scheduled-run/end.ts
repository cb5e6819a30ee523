import type { OccurrenceEnd, TaskLook } from '../../contract/occurrence.ts';
import type { TaskRef } from '../../domain/task.ts';

/** How an occurrence ended, by how its task stands; undefined: it goes on. */
export function endOf(task: TaskRef, look: TaskLook): OccurrenceEnd | undefined {
  switch (look.state) {
    case 'open':
      return undefined;
    case 'complete':
      return { end: 'done', ...factsOf(task, look) };
    case 'parked': {
      const end = look.verdict?.kind === 'cancelled' ? 'cancelled' : 'failed';
      return { end, reason: look.reason ?? 'its task is parked', ...factsOf(task, look) };
    }
    case 'gone':
      return { end: 'failed', reason: look.reason ?? 'its task is gone', ...factsOf(task, look) };
  }
}

/** The same of one that was stopped: what was complete by then stays so. */
export function stoppedEnd(task: TaskRef, look: TaskLook, why: string): OccurrenceEnd {
  if (look.state === 'complete') return { end: 'done', ...factsOf(task, look) };
  return { end: 'cancelled', reason: why, ...factsOf(task, look) };
}

/** One of whose task nothing is known, if it has one. */
export function endWithoutTask(
  end: 'failed' | 'cancelled',
  reason: string,
  task: TaskRef | null,
): OccurrenceEnd {
  return { end, reason, task, verdict: null, attempts: 0, tokens: null, log: null, agent: null };
}

function factsOf(task: TaskRef, { verdict, attempts, tokens, log, agent, links }: TaskLook) {
  return { task, verdict: verdict?.kind ?? null, attempts, tokens, log, agent, ...(links && { links }) };
}
