/**
 * - `unreachable`: no connection, a connection lost, or a server that says it cannot now. Try later.
 * - `timeout`: no answer within the deadline. Whether a change was made is not known.
 * - `broken-reply`: an answer that is not TinyTask's.
 * - `refused`: TinyTask understood and said no. The same call will be refused again.
 */
export type TinyTaskErrorKind = 'unreachable' | 'timeout' | 'broken-reply' | 'refused';

export class TinyTaskError extends Error {
  override name = 'TinyTaskError';

  constructor(
    readonly kind: TinyTaskErrorKind,
    /** The TinyTask tool that was called, or `health`. */
    readonly tool: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The task is not there, or no longer: a fact, not a failure of TinyTask. */
export class TaskNotFound extends TinyTaskError {
  override name = 'TaskNotFound';

  constructor(
    tool: string,
    readonly taskId: number,
  ) {
    super('refused', tool, `TinyTask has no task ${taskId} (${tool}): it was deleted, or TinyTask was reset`);
  }
}

/** The beginning of a text as one quoted line. */
export function quote(text: string, length = 120): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return JSON.stringify(line.length > length ? `${line.slice(0, length)}…` : line);
}
