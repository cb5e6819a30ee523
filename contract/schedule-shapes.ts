import { cut } from '../domain/cut.ts';
import { nameProblem } from '../domain/names.ts';
import { BOUNDS, type Definition, OVERLAPS, type Timing, type Work } from '../domain/schedule/definition.ts';
import type { Told } from '../domain/schedule/ended.ts';
import type { TaskRef } from '../domain/task.ts';
import { NOTE_OR_NONE, type Note } from './by-hand.ts';
import { isOccurrenceId } from './ids.ts';
import type {
  BeginAsked,
  Begun,
  EnterAsked,
  Entered,
  NotBegun,
  OccurrenceEnd,
  OccurrenceInput,
  OccurrenceRef,
  OccurrenceResume,
  WaitsFor,
} from './occurrence.ts';
import type { BackfillAsked, DecideAsked, DefineAsked, RunNowAsked, SkipAsked } from './schedule.ts';
import * as is from './shape.ts';
import { type Shape, WrongShape } from './shape.ts';

// What is in each message about schedules. Whatever passes here can be kept and sent on; that it makes sense (a cron that
// can be read, a zone that there is) is looked at before it is sent, and again when the server is to have it.

const LAST_MS = 8_640_000_000_000_000;
const MANY = 1_000_000;

const time = is.number(0, LAST_MS);
const count = is.wholeNumber(1, MANY);
const some = (chars: number) =>
  is.text(`a text of at most ${chars} characters`, (value) => value.length <= chars);
const optional = <T>(shape: Shape<T>) => is.absentOr(shape) as Shape<T>;
const name = is.text('a name', (value) => nameProblem(value) === undefined);
const sentence: Shape<string> = (value) => cut(is.text('a text', () => true)(value));

const oneOfThese =
  <T>(...shapes: Shape<T>[]): Shape<T> =>
  (value) => {
    const problems: string[] = [];
    for (const shape of shapes) {
      try {
        return shape(value);
      } catch (error) {
        if (!(error instanceof WrongShape)) throw error;
        problems.push(error.message);
      }
    }
    throw new WrongShape(problems.join(', or '));
  };

const TIMING_CHARS = 500;
const timing = oneOfThese<Timing>(
  is.object<Extract<Timing, { kind: 'cron' }>>({ kind: is.oneOf('cron'), cron: some(TIMING_CHARS) }),
  is.object<Extract<Timing, { kind: 'every' }>>({
    kind: is.oneOf('every'),
    everyMs: is.number(BOUNDS.everyMs.min, BOUNDS.everyMs.max),
    offsetMs: optional(is.number(0, BOUNDS.everyMs.max)),
  }),
  is.object<Extract<Timing, { kind: 'at' }>>({ kind: is.oneOf('at'), at: some(TIMING_CHARS) }),
  is.object<Extract<Timing, { kind: 'calendar' }>>({
    kind: is.oneOf('calendar'),
    calendar: some(TIMING_CHARS),
  }),
);

const title = some(BOUNDS.titleChars);
const description = optional(some(BOUNDS.descriptionChars));
export const WORK = oneOfThese<Work>(
  is.object<Extract<Work, { kind: 'task' }>>({
    kind: is.oneOf('task'),
    title,
    description,
    queue: optional(name),
    agent: optional(name),
    recipe: optional(name),
    tags: optional(is.list(some(BOUNDS.tagChars), BOUNDS.tags)),
  }),
  is.object<Extract<Work, { kind: 'command' }>>({
    kind: is.oneOf('command'),
    command: some(BOUNDS.titleChars),
    args: is.list(some(BOUNDS.argChars), BOUNDS.args),
    title: optional(title),
    description,
  }),
);

const overlap = is.oneOf(...OVERLAPS);
const priority = is.wholeNumber(-MANY, MANY);

const DEFINITION: Shape<Definition> = is.object<Definition>({
  ...{ name, timing, timeZone: some(100), work: WORK, priority, overlap },
  jobKey: optional(name),
  maxPerJob: optional(count),
  maxGlobal: optional(count),
  catchUpMs: is.number(BOUNDS.catchUpMs.min, BOUNDS.catchUpMs.max),
  jitterMs: is.number(BOUNDS.jitterMs.min, BOUNDS.jitterMs.max),
  startMs: optional(time),
  endMs: optional(time),
  remaining: optional(is.wholeNumber(0, MANY)),
  pauseOnFailure: optional(count),
});

type Beside<T> = Omit<T, keyof Note>;

/** With a note beside these fields: what is no note is none. */
function noted<T extends Note>(shapes: { [Key in keyof Beside<T>]-?: Shape<Beside<T>[Key]> }): Shape<T> {
  const beside = is.object<Beside<T>>(shapes);
  return (value) => ({ ...beside(value), ...NOTE_OR_NONE(value) }) as T;
}

export const DEFINE = noted<DefineAsked>({
  definition: DEFINITION,
  expects: is.orNull(is.wholeNumber(1)),
  paused: optional(is.boolean),
  keepRemaining: optional(is.boolean),
});
export const RUN_NOW = noted<RunNowAsked>({ force: is.boolean, evenIfPaused: is.boolean });
export const BACKFILL = noted<BackfillAsked>({ fromMs: time, toMs: time });
export const SKIP_NEXT = noted<SkipAsked>({ plannedMs: optional(time) });
export const DECIDE_MISSED = noted<DecideAsked>({ plannedMs: time, decide: is.oneOf('run', 'skip') });

export const OCCURRENCE_ID: Shape<string> = is.text('the workflow id of an occurrence', isOccurrenceId);
const ref = {
  workflowId: OCCURRENCE_ID,
  runId: is.text('a run id', (id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)),
};
export const OCCURRENCE: Shape<OccurrenceRef> = is.object<OccurrenceRef>(ref);
export const CLOSED: Shape<OccurrenceRef[]> = is.list(OCCURRENCE, 1_000);

export const BEGIN: Shape<BeginAsked> = is.object<BeginAsked>({
  ...ref,
  trigger: is.oneOf('plan', 'run-now', 'backfill', 'missed'),
  plannedMs: time,
  atMs: time,
  newestDueMs: optional(time),
});
export const ENTER: Shape<EnterAsked> = is.object<EnterAsked>({
  ...ref,
  ...{
    schedule: name,
    jobKey: name,
    overlap: is.oneOf(...OVERLAPS, 'in-turn'),
    priority,
    plannedMs: time,
    atMs: time,
    force: is.boolean,
  },
  maxPerJob: is.orNull(count),
  maxGlobal: is.orNull(count),
});

const ids = is.list(OCCURRENCE_ID, 1_000);
const WAITS_FOR: Shape<WaitsFor> = oneOfThese<WaitsFor>(
  is.object<Extract<WaitsFor, { for: 'job-key' }>>({
    for: is.oneOf('job-key'),
    ...{ jobKey: name, limit: count, with: ids },
  }),
  is.object<Extract<WaitsFor, { for: 'all-schedules' }>>({
    for: is.oneOf('all-schedules'),
    ...{ limit: count, with: ids },
  }),
  is.object<Extract<WaitsFor, { for: 'overlap' }>>({ for: is.oneOf('overlap'), with: ids }),
);

const notBegun = oneOfThese<NotBegun>(
  is.object<{ why: 'paused' | 'skipped' | 'finished' | 'no-such-schedule' | 'not-fired' }>({
    why: is.oneOf('paused', 'skipped', 'finished', 'no-such-schedule', 'not-fired'),
  }),
  is.object<{ why: 'superseded'; byMs: number }>({ why: is.oneOf('superseded'), byMs: time }),
  is.object<{ why: 'too-late'; catchUpMs: number }>({ why: is.oneOf('too-late'), catchUpMs: time }),
  is.object<{ why: 'duplicate'; workflowId: string }>({
    why: is.oneOf('duplicate'),
    workflowId: OCCURRENCE_ID,
  }),
  is.object<{ why: 'overlap'; with: string; sinceMs: number }>({
    why: is.oneOf('overlap'),
    ...{ with: OCCURRENCE_ID, sinceMs: time },
  }),
  is.object<{ why: 'replaced'; by: string }>({ why: is.oneOf('replaced'), by: OCCURRENCE_ID }),
);

const recipeHash = optional(is.orNull(some(64)));
const task = is.object<TaskRef>({ id: is.wholeNumber(1), createdAt: some(100) });
type WithTask = Extract<OccurrenceEnd, { task: unknown }>;
const ended = oneOfThese<OccurrenceEnd>(
  is.object<WithTask>({
    end: is.oneOf('done', 'failed', 'cancelled'),
    task: is.orNull(task),
    reason: optional(sentence),
    verdict: is.orNull(some(100)) as Shape<WithTask['verdict']>,
    attempts: is.wholeNumber(0, MANY),
    tokens: is.orNull(is.number(0, Number.MAX_SAFE_INTEGER)),
    log: is.orNull(some(256)),
    agent: is.orNull(some(256)),
    links: optional(is.list(some(BOUNDS.linkBytes), BOUNDS.links)),
  }),
  is.object<Extract<OccurrenceEnd, { end: 'left-out' }>>({ end: is.oneOf('left-out'), because: notBegun }),
);

/** What an occurrence tells its schedule when it is over. */
export interface OccurrenceEnded extends Told {
  plannedMs: number;
}
export const OCCURRENCE_ENDED: Shape<OccurrenceEnded> = is.object<OccurrenceEnded>({
  ...ref,
  plannedMs: time,
  enteredMs: optional(time),
  waited: optional(WAITS_FOR),
  endedMs: time,
  recipeHash,
  ended,
});

const begun = is.object<Begun>({
  definition: DEFINITION,
  version: is.wholeNumber(1),
  number: is.wholeNumber(0),
  lastEndMs: is.orNull(time),
  recipeHash,
});
/** Of a workflow that the server's tick, our keeper or a person starts. */
export const OCCURRENCE_INPUT: Shape<OccurrenceInput> = is.object<OccurrenceInput>({
  schedule: name,
  trigger: optional(is.oneOf('run-now', 'backfill', 'missed')),
  plannedMs: optional(time),
  force: optional(is.oneOf(true)),
  resume: optional(
    is.object<OccurrenceResume>({
      begun,
      task: optional(task),
      startedMs: time,
      enteredMs: optional(time),
      waited: optional(WAITS_FOR),
    }),
  ),
});

/** What a question is called, so that a late answer to another one is none. */
export const ASKING: Shape<string> = is.text('the name of a question', (value) =>
  /^[A-Za-z0-9-]{1,100}$/.test(value),
);

export const BEGIN_ANSWER: Shape<{ begun: Begun } | { not: NotBegun }> = oneOfThese<
  { begun: Begun } | { not: NotBegun }
>(is.object<{ begun: Begun }>({ begun }), is.object<{ not: NotBegun }>({ not: notBegun }));

export const ENTERED: Shape<Entered> = oneOfThese<Entered>(
  is.object<Extract<Entered, { enter: 'now' }>>({ enter: is.oneOf('now') }),
  is.object<Extract<Entered, { enter: 'wait' }>>({
    enter: is.oneOf('wait'),
    ...{ waits: WAITS_FOR, untilMs: time },
  }),
  is.object<Extract<Entered, { enter: 'cancel-first' }>>({
    enter: is.oneOf('cancel-first'),
    ...{ waits: WAITS_FOR, untilMs: time, cancel: CLOSED },
  }),
  is.object<Extract<Entered, { enter: 'not' }>>({
    enter: is.oneOf('not'),
    because: notBegun as Shape<Extract<Entered, { enter: 'not' }>['because']>,
  }),
);
