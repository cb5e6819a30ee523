import type { DefinitionProblem, DefinitionWarning, FieldName } from '../../contract/schedule-problem.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import type { TaskEnd, WaitOptions } from '../follow/ended.ts';
import type { FollowOptions, SchedulerEvent } from '../follow/events.ts';
import type { AddedOnce } from '../keys/add-once.ts';
import type { NewTaskInput, SchedulerClient } from '../scheduler-client.ts';
import type { SchedulesClient } from '../schedules-client.ts';

// What scripts of others import: every name here is kept, and none is in another file that they could reach.

/** Where the scheduler is. Without anything it is found as the commands find it: by `.env` and the variables of this process. */
export interface ConnectOptions {
  /** As `--base-path`. */
  basePath?: string;
  /** As `--env-file`. */
  envFile?: string;
  /** In place of the variables of this process. */
  env?: Readonly<Record<string, string | undefined>>;
  /** In place of what is configured. Certificates go by the variables `TEMPORAL_TLS_…`. */
  temporal?: {
    /** `host:port` */
    address: string;
    /** Absent: `default`. */
    namespace?: string;
    apiKey?: string;
    /** Absent: with an API key. */
    tls?: boolean;
  };
  /** URL of TinyTask, in place of what is configured. */
  tinytask?: string;
  /** Told what is odd about the configuration, in sentences. */
  warn?: (warning: string) => void;
}

/** Fields of a schedule, by their names in a file of schedules: docs/schedules.md lists them. */
export type ScheduleFields = {
  readonly [Field in FieldName]?: string | number | boolean | readonly string[] | null;
};

/** A definition that can be used, for `create`, `edit` and `apply`. */
export interface CheckedDefinition {
  definition: Definition;
  /** Absent: nothing was said about that. */
  paused?: boolean;
  pauseNote?: string;
  /** What may become true later, such as an agent that there is not. */
  warnings: DefinitionWarning[];
}

/** A schedule was not as it has to be. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly code = 'bad-definition';

  constructor(
    readonly problems: readonly DefinitionProblem[],
    message: string,
  ) {
    super(message);
  }
}

export interface Schedules extends SchedulesClient {
  /** Checks the fields of a schedule; nothing is created. @throws DefinitionError with all problems */
  definition(fields: ScheduleFields): Promise<CheckedDefinition>;
}

/**
 * The scheduler, for scripts. It answers with facts. What fails has a `code`: a SchedulerError, with the facts in `failure`; a
 * RefusedError, ConfigError or DefinitionError where that is said.
 */
export interface Scheduler extends SchedulerClient {
  /**
   * Waits until a task is over. Many may be waited for at once.
   * @throws `no-such-task` @throws `not-ended-yet` where there is a time limit
   */
  ended(taskId: number, options?: WaitOptions): Promise<TaskEnd>;
  /** What happens, from now on or after an event that was read: a snapshot, then changes. */
  events(options?: FollowOptions): AsyncGenerator<SchedulerEvent, void, undefined>;
  /**
   * Adds a task once for a key, within a day, also where this process is killed in between. A key is of 1 to 200 characters.
   * @throws RefusedError `key-used` where the key came with another task
   */
  addOnce(key: string, task: NewTaskInput): Promise<AddedOnce>;
  readonly schedules: Schedules;
  /** Whoever still waits or follows does so no longer. */
  close(): Promise<void>;
}
