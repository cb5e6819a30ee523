import type { Client } from '@temporalio/client';
import type { TaskLook } from '../../contract/occurrence.ts';
import { cut } from '../../domain/cut.ts';
import { BOUNDS } from '../../domain/schedule/definition.ts';
import { isSameTask, type Task, type TaskRef } from '../../domain/task.ts';
import { attemptsOf } from '../../temporal/attempts.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import type { TinyTask } from '../../tinytask/client.ts';

interface LookDeps {
  client: Client;
  tinytask: Pick<TinyTask, 'get'>;
}

/** How the task of an occurrence stands. */
export async function lookAtTask({ client, tinytask }: LookDeps, ref: TaskRef): Promise<TaskLook> {
  const task = await tinytask.get(ref.id);
  const over = whatEnded(task, ref);
  // After the task: an attempt that has ended it is not over before that.
  const last = await lastRunOf(client, ref.id);
  const run = last?.closedAtMs === null && last.memo?.createdAt === ref.createdAt ? last : undefined;
  // A goose that has completed its task goes on for a while, and is verified: only then it is known what it took, and the next
  // occurrence meets nothing of it.
  const isAtWork = run?.attempt?.startedAtMs != null;
  const links = task !== undefined && isSameTask(task, ref) ? { links: lastLinks(task.links) } : {};
  if (over !== undefined && !isAtWork) return { ...over, ...(await attemptFacts(client, ref)), ...links };
  if (run?.phase === 'parked') {
    const reason = run.memo?.why;
    return { state: 'parked', ...(reason && { reason }), ...(await attemptFacts(client, ref)), ...links };
  }
  const attempts = run?.memo?.past.number ?? 0;
  return { state: 'open', verdict: null, attempts, tokens: null, log: null, agent: last?.agent ?? null };
}

/** What of a task ends its occurrence; undefined: it is open. */
function whatEnded(
  task: Task | undefined,
  ref: TaskRef,
): { state: 'complete' } | { state: 'gone'; reason: string } | undefined {
  if (task === undefined || !isSameTask(task, ref)) return { state: 'gone', reason: 'its task was deleted' };
  if (task.status === 'complete') return { state: 'complete' };
  return task.archivedAt === null ? undefined : { state: 'gone', reason: 'its task was archived' };
}

/** They are anybody's texts. */
function lastLinks(links: readonly string[]): string[] {
  const limit = { chars: BOUNDS.linkChars, bytes: BOUNDS.linkBytes };
  return links
    .filter((link) => link !== '')
    .slice(-BOUNDS.links)
    .map((link) => cut(link, limit));
}

type Facts = Pick<TaskLook, 'verdict' | 'attempts' | 'tokens' | 'log' | 'agent'>;

/** Of the attempts that the server still knows. */
async function attemptFacts(client: Client, task: TaskRef): Promise<Facts> {
  const attempts = (await attemptsOf(client, task)) ?? [];
  const last = attempts.at(-1);
  const known = attempts.flatMap(({ tokens }) => (tokens === null ? [] : [tokens]));
  return {
    verdict: last?.verdict ?? null,
    attempts: attempts.length,
    tokens: known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0),
    log: last?.log ?? null,
    agent: last?.agent ?? null,
  };
}
