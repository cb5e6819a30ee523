import type { TinyTask } from './client.ts';
import type { Comment } from './replies.ts';

export const AUTHOR = 'tinyscheduler';

const mark = (id: string) => `[${AUTHOR} ${id}]`;

interface OnceSaid {
  id: string;
  text: string;
  /** As of `TinyTask.update`: what it says is of a task that was read. */
  mayWrite?: () => void;
}

/**
 * Writes a comment that stands once, whatever is retried: it carries an id, is not written where one with
 * that id stands, and duplicates (two writers, an answer that was lost) are deleted afterwards.
 *
 * @throws TinyTaskError; what was written by then is recognised on the next try
 */
export async function commentOnce(
  tinytask: TinyTask,
  taskId: number,
  { id, text, mayWrite }: OnceSaid,
): Promise<void> {
  const ours = async () =>
    (await tinytask.comments(taskId)).filter((comment) => comment.content.startsWith(mark(id)));
  if ((await ours()).length === 0) await tinytask.addComment(taskId, `${mark(id)} ${text}`, AUTHOR, mayWrite);
  const [, ...duplicates] = (await ours()).sort((a, b) => a.id - b.id);
  for (const duplicate of duplicates) await tinytask.deleteComment(duplicate.id);
}

/** Whether the newest comment of ours says the same, so that a lasting trouble is told once. */
export async function saidLast(tinytask: TinyTask, taskId: number, text: string): Promise<boolean> {
  const ours = (await tinytask.comments(taskId)).filter((comment) => comment.createdBy === AUTHOR);
  const newest = ours.sort((a, b) => b.id - a.id)[0];
  return newest !== undefined && essence(newest.content).endsWith(essence(text));
}

/** Without the number of the attempt, the name of its log and the time of the next one, which differ each time. */
function essence(text: string): string {
  return text
    .replace(/Attempt \d+ /, '')
    .replace(/ Log: \S+( \([^)]*\))? on \S+\./, '')
    .replace(/ It runs again at [^.]*\.$/, '');
}

/** What a comment of ours tells of an attempt. */
export interface AttemptComment {
  runId: string;
  number: number;
  /** Without its mark. */
  text: string;
  /** Milliseconds since the epoch; null: TinyTask's time cannot be read. */
  atMs: number | null;
}

const OF_ATTEMPT = new RegExp(`^\\[${AUTHOR} ([0-9a-f-]{1,64})/([1-9]\\d{0,8})\\] (.*)$`, 's');

/** The comments about attempts, by the id with which they were written, in their order. */
export function attemptComments(comments: readonly Comment[]): AttemptComment[] {
  return comments.flatMap(({ content, createdBy, createdAt }) => {
    const [, runId, number, text] = (createdBy === AUTHOR && OF_ATTEMPT.exec(content)) || [];
    if (runId === undefined || text === undefined) return [];
    const atMs = Date.parse(createdAt);
    return [{ runId, number: Number(number), text, atMs: Number.isNaN(atMs) ? null : atMs }];
  });
}
