import { isServed, movesTo } from '../agents.ts';
import { DISPLACED_MS, type HandOnTask, RACE_MS } from '../hands.ts';
import type { TaskRow } from '../tinytask-calls.ts';

interface Last {
  hand: HandOnTask['hand'];
  /** Before it was done. Milliseconds since 1970, as are the others. */
  announcedAtMs: number;
  /** TinyTask has answered that it is done. */
  doneAtMs?: number;
}

/**
 * What people have done to tasks, as they said before and after each. Before it is done it may be done already, so that
 * excuses; only what TinyTask has answered may be counted on.
 */
export class Hands {
  readonly #last = new Map<number, Last>();
  readonly #displaced = new Map<number, { agent: string; atMs: number }[]>();

  announced({ task, hand }: HandOnTask, nowMs: number): void {
    this.#last.set(task, { hand, announcedAtMs: nowMs });
    if (hand.do === 'assign' && hand.from !== null)
      this.#displaced.set(task, [...(this.#displaced.get(task) ?? []), { agent: hand.from, atMs: nowMs }]);
  }

  done({ task, hand }: HandOnTask, nowMs: number): void {
    const last = this.#last.get(task);
    if (last?.hand.do === hand.do) last.doneAtMs = nowMs;
  }

  /** Somebody may have deleted it. */
  mayBeGone(task: number): boolean {
    return this.#last.get(task)?.hand.do === 'delete';
  }

  /** A person who assigns a task says that it is idle; that may have been answered late. */
  mayHaveReopened(task: number, nowMs: number): boolean {
    const last = this.#last.get(task);
    return last?.hand.do === 'assign' && nowMs - last.announcedAtMs < DISPLACED_MS;
  }

  /** Agents from whom it was taken so shortly before that they may have finished it all the same. */
  displaced(task: number, finishedAtMs: number): string[] {
    const all = this.#displaced.get(task) ?? [];
    return all.filter(({ atMs }) => finishedAtMs - atMs < DISPLACED_MS).map(({ agent }) => agent);
  }

  /**
   * Why a task is not where a person has put it, or undefined. What was written within the time of a race is forgiven, and
   * from then on it is not a person's any more.
   */
  movedBack(task: TaskRow): string | undefined {
    const last = this.#last.get(task.id);
    if (last?.hand.do !== 'assign' || last.doneAtMs === undefined) return undefined;
    const { to } = last.hand;
    if (task.assigned_to === to) return undefined;
    // TinyTask's times have whole seconds.
    const writtenAtMs = Date.parse(task.updated_at);
    const isFromBefore = writtenAtMs + 1_000 < last.announcedAtMs;
    if (isFromBefore) return undefined;
    this.#last.delete(task.id);
    if (writtenAtMs <= last.doneAtMs + RACE_MS) return undefined;
    if (to === null && isServed(task.queue_name)) return undefined;
    if (to !== null && movesTo(to) === task.assigned_to) return undefined;
    return `a person gave task ${task.id} to ${to ?? 'nobody'}, and it is with ${task.assigned_to ?? 'nobody'}`;
  }

  /** When a person has taken the task from an agent, and that is certain. Milliseconds since 1970. */
  takenAtMs(task: number, agent: string): number | undefined {
    const { hand, doneAtMs } = this.#last.get(task) ?? {};
    if (hand === undefined || doneAtMs === undefined || hand.do === 'requeue') return undefined;
    return hand.do === 'assign' && hand.to === agent ? undefined : doneAtMs;
  }
}
