import type { Client } from '@temporalio/client';
import type { Attempt, CommentedAttempt } from '../contract/attempts.ts';
import type { Explanation } from '../contract/status.ts';
import { cut, cutTexts } from '../domain/cut.ts';
import { attemptsOf } from '../temporal/attempts.ts';
import { type AttemptComment, attemptComments } from '../tinytask/comment.ts';
import type { TaskWithComments } from '../tinytask/replies.ts';

const SHOWN = 10;

/** The attempts at a task: as the server has them, and those that it has forgotten as TinyTask's comments tell. */
export async function readAttempts(
  client: Client,
  task: TaskWithComments,
): Promise<Pick<Explanation, 'attempts' | 'attemptsTotal'>> {
  const known = (await attemptsOf(client, task)) ?? [];
  return withComments(known, attemptComments(task.comments));
}

/** A comment that comes after what the server knows is no older attempt, whatever it says. */
export function withComments(
  known: readonly Attempt[],
  comments: readonly AttemptComment[],
): Pick<Explanation, 'attempts' | 'attemptsTotal'> {
  const oldest = known[0]?.number ?? Number.POSITIVE_INFINITY;
  const forgotten = new Map(
    comments.filter(({ number }) => number < oldest).map((each) => [each.number, byComment(each)]),
  );
  const all = [...forgotten.values(), ...known].sort((a, b) => a.number - b.number);
  const attempts = all.slice(-SHOWN).map((attempt) => cutTexts(attempt));
  return { attempts, attemptsTotal: all.at(-1)?.number ?? 0 };
}

function byComment({ number, runId, text, atMs }: AttemptComment): CommentedAttempt {
  const comment = cut(text.replace(/\s+/g, ' ').trim());
  return { state: 'commented', number, runId, endedAtMs: atMs, comment };
}
