import type { WorktreeRule } from './agent.ts';

/** A worktree of an agent, as far as its removal hangs on it. */
export interface UsedWorktree {
  /** When an attempt in it began or ended last, in milliseconds since 1970. */
  usedAtMs: number;
}

const DAY_MS = 24 * 3_600_000;

/** Those that are beyond the number or the age that stays, the longest unused first. */
export function beyondKept<Worktree extends UsedWorktree>(
  all: readonly Worktree[],
  { keep, keepDays }: Pick<WorktreeRule, 'keep' | 'keepDays'>,
  nowMs: number,
): Worktree[] {
  const newestFirst = [...all].sort((a, b) => b.usedAtMs - a.usedAtMs);
  return newestFirst
    .filter(({ usedAtMs }, at) => at >= keep || nowMs - usedAtMs > keepDays * DAY_MS)
    .reverse();
}
