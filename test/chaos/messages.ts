import type { HandOnTask } from './hands.ts';

/** What the driver tells the observer. */
export type ToObserver =
  /** A process of the system was started: a worker. Its guardian is found by its parent. */
  | { tell: 'worker'; pid: number; host: string }
  /** Temporal is killed now. */
  | { tell: 'server-killed' }
  /** A person is about to do this; it is done only when the observer says that it has `heard` that. */
  | { tell: 'hand'; number: number; on: HandOnTask }
  /** TinyTask has answered that it is done. */
  | { tell: 'hand-done'; on: HandOnTask }
  /** Nothing will be disturbed from now on, and everything is up. */
  | { tell: 'calm' }
  | { tell: 'storm' }
  /** Look at everything once more, then answer `final`. */
  | { tell: 'finish' };

/** What the observer tells the driver. */
export type FromObserver =
  | { tell: 'ready' }
  | { tell: 'heard'; number: number }
  | { tell: 'run'; token: string; task: number; agent: string; pid: number; startTime: number }
  | { tell: 'run-ended'; token: string }
  | { tell: 'guardian'; pid: number; worker: number }
  | { tell: 'violation'; rule: number; text: string }
  | { tell: 'final'; figures: Figures };

/** What was seen, and how late in the worst case. */
export interface Figures {
  runs: number;
  looks: number;
  /** Longest time between two looks at the processes. */
  longestGapMs: number;
  /** By cause, the longest time from a loss until all processes of a run were gone. */
  goneAfterMs: Record<string, number>;
  /** Longest time for which those who were to end a run had no processor, where a run was about to be late. */
  machineTookMs: number;
  /** Longest time that a task stood `working` with nobody on it, while nothing was disturbed. */
  abandonedMs: number;
  /** Runs that were found with nobody of ours alive on the host. */
  uncovered: number;
  guardians: number;
  /** Pairs of looks at a pool that could be judged. */
  poolLooks: number;
}

export interface ObserverSettings {
  dir: string;
  tinytask: string;
  /** host:port */
  temporal: string;
  zeroMs: number;
}
