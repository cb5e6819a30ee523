import type { RunState } from './status.ts';

// What each task that has a slot is at. Times are milliseconds since the epoch; what is not known is null.

/** A task that has a slot, as the server and its host tell. */
export interface TaskAtWork {
  taskId: number;
  /** Null while TinyTask does not answer. */
  title: string | null;
  agent: string | null;
  /** Queue of its pool. */
  pool: string | null;
  state: Extract<RunState, 'running' | 'waiting-for-host' | 'interrupted'>;
  runId: string;
  /** Number of the attempt. */
  attempt: number;
  /** When a host took the attempt; of one that waits for a host, when it was sent. */
  sinceMs: number;
  /** So long a goose may run: as its host tells, else as the settings say now. */
  limitMs: number;
  /** When it is stopped for that; null: no host has begun. */
  deadlineMs: number | null;
  /** Of the model so far. */
  tokens: number | null;
  /** Answers of the model so far. */
  turns: number | null;
  host: string | null;
  /** When its host was last heard of. */
  heardMs: number | null;
}

/** The log of an attempt, on this host. */
export interface LogNow {
  name: string;
  bytes: number;
  /** When it was last written to, and how long before it was looked at. */
  writtenMs: number;
  silentMs: number;
  /** The last line with anything in it, made harmless, at most 200 characters. */
  lastLine: string | null;
}

export interface RunningTask extends TaskAtWork {
  /** Null: it has none yet, or it lies on another host. */
  log: LogNow | null;
}

export interface RunningNow {
  atMs: number;
  running: RunningTask[];
  /** So many more have a slot and are not told of. */
  more: number;
}
