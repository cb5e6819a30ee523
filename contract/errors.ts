import type { TaskStatus } from '../domain/task.ts';
import type { BackupProblem, RunningProcess } from './backup.ts';
import type { Phase } from './run.ts';
import type { Pause } from './schedule.ts';
import type { Serves } from './serves.ts';

/** For whom a scheduler works, as far as an error has to tell one from another. */
export type Whereabouts = Pick<Serves, 'host' | 'basePath' | 'tinytask'>;

/** What went wrong with a call to TinyTask. `text`: what TinyTask, or the connection to it, said. */
interface TinyTaskFailed {
  /** The tool of TinyTask that was called, or `health`. */
  tool: string;
  text: string;
}

/** How many days, and how many bytes of logs altogether, are kept. */
export interface LogsKept {
  days: number;
  bytes: number;
}

/** By code, the facts that go with it. */
export interface ErrorFacts {
  'no-such-task': { taskId: number };
  'nothing-to-run': { taskId: number; status: 'complete' };
  'nothing-to-foresee': { taskId: number; status: TaskStatus | 'archived' };
  /** The task has no open run. */
  'nothing-to-cancel': { taskId: number; status: TaskStatus };
  /** The run was told to stop, and nobody has carried it out in time. */
  'not-cancelled-yet': { taskId: number; phase: Phase; agent: string | null };
  /** Somebody works on the task. `agent`: who; null: not known. */
  'task-runs': { taskId: number; agent: string | null };
  /** A task that was waited for. `state`: of its newest run; `lost` where it has none. */
  'not-ended-yet': { taskId: number; withinMs: number; state: Phase | 'ended' | 'lost' };
  /** `known`: the names that there are, sorted. */
  'no-such-agent': { agent: string; known: string[] };
  /** There is an agent of that name already. */
  'existing-agent': { agent: string };
  /** The configuration knows it no more, so it is given nothing; it finishes these tasks. */
  'leaving-agent': { agent: string; taskIds: number[] };
  'no-such-queue': { queue: string; known: string[] };
  /** `attempt`: of which number; null: any. `known`: the numbers that there are, the oldest first. */
  'no-such-attempt': { taskId: number; attempt: number | null; known: number[] };
  /** goose was not started, or the disk took nothing. `reason`: of its verdict; null: not known. */
  'no-log': { taskId: number; attempt: number; reason: string | null };
  /** The log lies on another host. */
  'log-elsewhere': { taskId: number; attempt: number; host: string; log: string };
  /** The log should lie here, and does not. `isOver`: the attempt. `kept`: as configured. */
  'log-missing': { taskId: number; attempt: number; path: string; isOver: boolean; kept: LogsKept };
  /** `text`: what the system says. */
  'log-unreadable': { path: string; text: string };
  /** `named`: by a person; else it is the one that is looked for where nobody named one. `text`: what the connection said. */
  'temporal-unreachable': { address: string; named: boolean; text: string };
  /** It takes connections, and does not answer what it is asked. */
  'temporal-stuck': { address: string; withinMs: number };
  /** It answered with an error that no other code is for. */
  'temporal-failed': { text: string };
  'search-attributes-missing': { names: string[]; namespace: string; text: string };
  /** The scheduler of this namespace works for somebody else. */
  'another-scheduler': { theirs: Whereabouts; ours: Whereabouts };
  /** The TinyTask that was met belongs to another state directory. */
  'anothers-tinytask': { endpoint: string; theirs: string; ours: string };
  /** A backup goes into a folder that is not there yet, or is empty. `text`: what is there. */
  'backup-place-taken': { dir: string; text: string };
  /** `text`: what the system or SQLite says. */
  'backup-failed': { dir: string; text: string };
  'nothing-to-back-up': { stateDir: string };
  'backup-unusable': { dir: string; problems: BackupProblem[] };
  /** A backup goes into a state directory that is not there yet, or is empty. `entries`: some of what is in it. */
  'restore-place-taken': { stateDir: string; entries: string[] };
  /** `isOrigin`: they work with what the backup was made of, and would go on beside what is restored. */
  'something-runs': { stateDir: string; isOrigin: boolean; processes: RunningProcess[] };
  'restore-failed': { stateDir: string; text: string };
  /** `known`: of names that are near. */
  'no-such-schedule': { schedule: string; known: string[] };
  'existing-schedule': { schedule: string };
  /** One that was asked for. `text`: a sentence. */
  'pass-failed': { text: string };
  /** Somebody has edited it since it was read. */
  'schedule-changed': { schedule: string; version: number; by?: string; editedMs: number };
  'schedule-paused': { schedule: string; pause?: Pause };
  'schedule-finished': { schedule: string };
  /** No daemon answers; the next one carries it out. `onlyAsked`: nothing was to be changed. */
  'no-daemon': { withinMs: number; onlyAsked?: true };
  /** The API was told to do something, and has not answered. `method`: of FACTS. */
  'api-no-answer': { method: string };
  /** A backfill of so many times. */
  'too-many-times': { schedule: string; count: number; most: number };
  /** Of a list, of which there is no such page. */
  'wrong-cursor': { cursor: string };
  'no-such-time': { schedule: string; atMs: number };
  'tinytask-unreachable': TinyTaskFailed;
  /** Whether a change was made is not known. */
  'tinytask-timeout': TinyTaskFailed;
  'tinytask-broken-reply': TinyTaskFailed;
  /** The same call will be refused again. */
  'tinytask-refused': TinyTaskFailed;
}

export type ErrorCode = keyof ErrorFacts;
/** What went wrong: a code and its facts. words/errors.ts says it. */
export type Failure = { [Code in ErrorCode]: { code: Code } & ErrorFacts[Code] }[ErrorCode];
export type TinyTaskFailure = Extract<Failure, TinyTaskFailed>;

/**
 * The one error of the scheduler's API. Whoever shows it to a program goes by `code`, and takes the rest from `failure`; the
 * message is the same for people. Made by schedulerError of words/errors.ts.
 */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';

  constructor(
    readonly failure: Failure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get code(): ErrorCode {
    return this.failure.code;
  }
}

export function hasCode(error: unknown, ...codes: ErrorCode[]): error is SchedulerError {
  return error instanceof SchedulerError && codes.includes(error.code);
}
