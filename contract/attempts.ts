import type { Verdict } from '../domain/attempt/verdict.ts';
import { attemptLogName } from './ids.ts';
import type { RunMemo } from './memos.ts';
import type { Phase, RunResult } from './run.ts';

// What is known of attempts and of runs that are over. Times are milliseconds since the epoch; what is not known is null.

/** One attempt at a task, as the history of its run tells it. One that stood down before it began is none. */
export interface Attempt {
  taskId: number;
  /** Numbers go on over the runs of a task. */
  number: number;
  /** Of the run that made it. */
  runId: string;
  /** `cut-off`: its run was ended from outside meanwhile. */
  state: 'under-way' | 'ended' | 'cut-off';
  agent: string;
  /** Name of the recipe; null: no goose ran, or the host is of an earlier version. */
  recipe: string | null;
  /** Name of the goose host; null: none has taken it yet, or it is not known which. */
  host: string | null;
  /** When it was sent to the goose hosts: it has its slot then. */
  sentAtMs: number;
  /** When a host took it; null: none has, or that is not known. */
  startedAtMs: number | null;
  /** Null: it is not over. */
  endedAtMs: number | null;
  /** Null: it is not over, or was cut off with its run, or its host told nothing that can be read. */
  verdict: Verdict | null;
  /** Whether goose was to work on the task, so far as its host told; null: it has not told. */
  claimed: boolean | null;
  /** Name of its log, as its host told; null: it has none, or the host has not told. See logNameOf. */
  log: string | null;
  /** What went wrong with the log. */
  logTrouble: string | null;
  /** For how long goose ran. */
  seconds: number | null;
  /** Answers of the model. */
  turns: number | null;
  /** Of the model, in all. */
  tokens: number | null;
  /** What became of the task, of the last attempt of a run that has ended by itself. */
  end: RunResult['end'] | null;
}

/** An attempt that the server has forgotten: only a comment in TinyTask tells of it. */
export interface CommentedAttempt {
  state: 'commented';
  number: number;
  runId: string;
  endedAtMs: number | null;
  comment: string;
}

/** The name that its log has if there is one; null: there is none. */
export function logNameOf({ claimed, log, taskId, runId, number }: Attempt): string | null {
  return claimed === null ? attemptLogName(taskId, runId, number) : log;
}

/** How a run ended: by itself, or from outside. */
export type HowEnded = 'by-itself' | 'failed' | 'terminated' | 'timed-out' | 'cancelled';

/** A run that is closed, as the server's list has it. */
export interface ClosedRun {
  workflowId: string;
  runId: string;
  taskId: number;
  /** That had its slot last, or alone might have had it; null: nobody. */
  agent: string | null;
  queue: string | null;
  /** In which it ended: `waiting` where it left the line. Null: its search attributes do not tell. */
  phase: Phase | null;
  startedAtMs: number;
  endedAtMs: number;
  /** `continued`: it goes on as the next run of its id. */
  how: HowEnded | 'continued';
  memo: RunMemo | null;
}

/** What the history of a run tells of it, for as long as the server keeps it. */
export interface ToldByHistory {
  /** Oldest first. */
  attempts: Attempt[];
  /** What it returned; null: it has not returned by itself. */
  result: RunResult | null;
}
