import type { Done, DoneMany } from '../../../api/shapes.ts';

export type Verb = 'run-now' | 'retry' | 'cancel';

/** What each would do, as the API foretells it. */
const WILL: Readonly<Record<string, string>> = {
  'un-parked': 'It is called back, and goes into the line for a slot.',
  'skipped-back-off': 'It does not wait for the end of its back-off, and goes into the line for a slot.',
  'taken-back': 'Nobody works on it any more: it is taken back, and waits for an agent.',
  'put-first':
    'It goes first in line, and the scheduler looks for work at once. It still needs a free slot; nothing that runs is stopped.',
};

export const TITLES: Record<Verb, string> = { 'run-now': 'Run now', retry: 'Retry', cancel: 'Cancel' };

export function sayWill(verb: Verb, { did, before }: Pick<Done, 'did' | 'before'>): string {
  if (did === 'nothing') return `Nothing changes: it is ${before.phase.replaceAll('-', ' ')}.`;
  if (did !== 'cancelled') return WILL[did] ?? `${TITLES[verb]}: ${did}.`;
  return before.phase === 'running' || before.phase === 'interrupted'
    ? `Its goose${before.agent ? `, of ${before.agent},` : ''} is stopped. What it has done stays done. The task is parked until somebody retries it.`
    : 'It leaves the line, and is parked until somebody retries it.';
}

export function sayDid(taskId: number, { did, says, after }: Done): string {
  if (says) return says;
  if (did === 'put-first') return `Task ${taskId} is first in line (${after.phase.replaceAll('-', ' ')}).`;
  return `Task ${taskId}: ${did.replaceAll('-', ' ')}.`;
}

/** Counts of what would become, or became, of many. */
export function sayMany(all: readonly DoneMany[]): string {
  const counts = new Map<string, number>();
  for (const { tasks } of all)
    for (const { did, problem } of tasks) {
      const what = problem ? `not: ${problem.code}` : (MANY[did ?? ''] ?? did ?? 'nothing');
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  const left = all.reduce((sum, each) => sum + each.left, 0);
  const said = [...counts].map(([what, count]) => `${count} ${what}`);
  return [...said, ...(left > 0 ? [`${left} left; the same again does them`] : [])].join('; ') || 'nothing';
}

const MANY: Readonly<Record<string, string>> = {
  'un-parked': 'called back into the line',
  'skipped-back-off': 'without the rest of their back-off',
  'taken-back': 'taken back from nobody',
  'put-first': 'first in line',
  cancelled: 'stopped and parked',
  nothing: 'unchanged',
};
