import type { Client } from '@temporalio/client';
import type { TaskLook } from '../../contract/occurrence.ts';
import { cut } from '../../domain/cut.ts';
import { BOUNDS } from '../../domain/schedule/definition.ts';
import { isSameTask, type TaskRef } from '../../domain/task.ts';
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
  if (task === undefined || !isSameTask(task, ref))
    return { state: 'gone', reason: 'its task was deleted', ...(await attemptFacts(client, ref)) };
  const links = lastLinks(task.links);
  if (task.status === 'complete') return { state: 'complete', ...(await attemptFacts(client, ref)), links };
  if (task.archivedAt !== null)
    return { state: 'gone', reason: 'its task was archived', ...(await attemptFacts(client, ref)), links };
  const run = await lastRunOf(client, ref.id);
  const isItsRun = run?.closedAtMs === null && run.memo?.createdAt === ref.createdAt;
  if (isItsRun && run.phase === 'parked') {
    const reason = run.memo?.why;
    return { state: 'parked', ...(reason && { reason }), ...(await attemptFacts(client, ref)), links };
  }
  const attempts = isItsRun ? (run.memo?.past.number ?? 0) : 0;
  return { state: 'open', verdict: null, attempts, tokens: null, log: null, agent: run?.agent ?? null };
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
