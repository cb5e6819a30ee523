import type { History } from '../../api/shapes.ts';

export type RecentRun = History['groups'][number]['recent'][number];
type CameTo = RecentRun['came_to'];

/** By verdict, so that the same trouble is seen as the same without its colour. */
const LETTERS: Record<string, string> = {
  'agent-failed': 'F',
  'not-verified': 'V',
  'model-unavailable': 'M',
  misconfigured: 'C',
  'task-misconfigured': 'K',
  'not-runnable': 'N',
  'tinytask-unavailable': 'U',
  'timed-out': 'T',
  stalled: 'S',
  looping: 'L',
  'worker-lost': 'W',
  cancelled: 'c',
  'not-ours': 'o',
};

const WORDS: Record<CameTo, string> = {
  completed: 'its task is complete',
  failed: 'it went badly',
  other: 'its task is not complete',
  unknown: 'how it ended is not known',
};

/** In a cell; nothing: a check mark is drawn. */
export function letterOf({ came_to: came, verdict }: Pick<RecentRun, 'came_to' | 'verdict'>): string {
  if (came === 'completed') return '';
  if (came === 'unknown') return '?';
  if (verdict === null) return came === 'failed' ? 'X' : '–';
  if (verdict === 'completed') return '–';
  return LETTERS[verdict] ?? '!';
}

/** What a letter is, for the legend. */
export function sayLetter({ came_to: came, verdict }: Pick<RecentRun, 'came_to' | 'verdict'>): string {
  if (came === 'completed' || came === 'unknown') return WORDS[came];
  if (verdict === null) return came === 'failed' ? 'ended from outside' : WORDS.other;
  return verdict === 'completed' ? 'done, and its task is not complete' : verdict;
}

/** The whole of a cell, for a title: `Task 42, ada: looping, it went badly; 2 attempts; 3 h ago`. */
export function sayCell(run: RecentRun, ago: string): string {
  const { task_id: id, agent, verdict, came_to: came, attempts } = run;
  const tries =
    attempts === null ? 'attempts not known' : attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return `Task ${id}, ${agent ?? 'no agent'}: ${verdict === null ? '' : `${verdict}, `}${WORDS[came]}; ${tries}; ${ago}`;
}

/** The letters that are there, each once, the most frequent first. */
export function legendOf(runs: readonly RecentRun[]): { run: RecentRun; says: string; times: number }[] {
  const found = new Map<string, { run: RecentRun; says: string; times: number }>();
  for (const run of runs) {
    const says = sayLetter(run);
    const kept = found.get(says);
    if (kept === undefined) found.set(says, { run, says, times: 1 });
    else kept.times += 1;
  }
  return [...found.values()].sort((a, b) => b.times - a.times);
}
