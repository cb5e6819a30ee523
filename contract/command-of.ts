import { nameProblem } from '../domain/names.ts';
import { isSameTask, type TaskRef } from '../domain/task.ts';
import { type AnyMemo, occurrenceMemoIn } from './memos.ts';
import { WORK } from './schedule-shapes.ts';
import { WrongShape } from './shape.ts';
import { SCHEDULED_RUN } from './workflows.ts';

/** What the task of an occurrence has run. */
export interface CommandWanted {
  /** Of the schedule. */
  schedule: string;
  /** Workflow id of the occurrence. */
  occurrence: string;
  /** Its time, in milliseconds since the epoch. */
  plannedMs: number;
  /** The program, by its path from BIN_DIR. */
  command: string;
  args: string[];
}

/** A workflow as the server describes it, open or closed. */
export interface DescribedOccurrence {
  workflowId: string;
  type: string;
  memo: AnyMemo;
}

/**
 * What a task may have run: what the occurrence says that has made this very task. A task alone says nothing, since whoever can
 * write to TinyTask can write any tag. Else why there is nothing, as a clause for people.
 */
export function commandOf(task: TaskRef, of: DescribedOccurrence): CommandWanted | { refused: string } {
  const named = `the occurrence ${JSON.stringify(of.workflowId)} that its tag names`;
  const memo = of.type === SCHEDULED_RUN ? occurrenceMemoIn(of.memo) : undefined;
  if (typeof memo !== 'object' || memo === null) return { refused: `${named} is none of a schedule` };
  const { schedule, plannedMs, begun, task: its } = memo;
  if (typeof its !== 'object' || its === null || !isSameTask(task, its))
    return { refused: `${named} has not made this task` };
  const work = workIn(begun?.definition?.work);
  if (work?.kind !== 'command') return { refused: `${named} has no program to run` };
  const { command, args } = work;
  const isWhole = isName(schedule) && Number.isFinite(new Date(plannedMs).getTime());
  // No argument of a program can have that in it.
  if (!isWhole || args.some((arg) => arg.includes('\0'))) return { refused: `${named} cannot be read` };
  return { schedule, occurrence: of.workflowId, plannedMs, command, args };
}

const isName = (name: unknown) => typeof name === 'string' && nameProblem(name) === undefined;

/** Undefined: it is nothing that can be read. A memo may be of another version, or somebody else's. */
function workIn(work: unknown): ReturnType<typeof WORK> | undefined {
  try {
    return WORK(work);
  } catch (error) {
    if (error instanceof WrongShape) return undefined;
    throw error;
  }
}
