import type { Done, DoneMany } from '../../api/shapes.ts';
import { type Deed, dryRun, post } from '../../parts/deed.tsx';

export type Verb = 'run-now' | 'retry' | 'cancel';

/** What each would do, as the API foretells it. */
const WILL: Readonly<Record<string, string>> = {
  'un-parked': 'It is called back, and goes into the line for a slot.',
  'skipped-back-off': 'It does not wait for the end of its back-off, and goes into the line for a slot.',
  'taken-back': 'Nobody works on it any more: it is taken back, and waits for an agent.',
  'put-first':
    'It goes first in line, and the scheduler looks for work at once. It still needs a free slot; nothing that runs is stopped.',
};

const TITLES: Record<Verb, string> = { 'run-now': 'Run now', retry: 'Retry', cancel: 'Cancel' };

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

/** @param then after it was done */
export function deedOn(taskId: number, verb: Verb, then: () => void): Deed<Done> {
  const path = `/api/tasks/${taskId}/${verb}`;
  const carryOut = post<Done>(path);
  return {
    title: `${TITLES[verb]} task ${taskId}?`,
    consequence: async () => sayWill(verb, await dryRun<Done>(path)),
    verb: `${TITLES[verb]} task ${taskId}`.replace('Run now task', 'Run now: task'),
    isDangerous: verb === 'cancel',
    takesNote: true,
    async carryOut(note) {
      const done = await carryOut(note);
      then();
      return done;
    },
    sayDone: (done) => sayDid(taskId, done),
  };
}

/** The API takes so many at once. */
const AT_ONCE = 1_000;

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

export function deedOnMany(
  verb: 'retry' | 'cancel',
  taskIds: readonly number[],
  then: () => void,
): Deed<DoneMany[]> {
  const path = `/api/tasks/${verb}`;
  const parts = Array.from({ length: Math.ceil(taskIds.length / AT_ONCE) }, (_, at) =>
    taskIds.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
  const count = taskIds.length === 1 ? '1 task' : `${taskIds.length.toLocaleString('en-GB')} tasks`;
  return {
    title: `${TITLES[verb]} ${count}?`,
    async consequence() {
      const told: DoneMany[] = [];
      for (const some of parts) told.push(await dryRun<DoneMany>(path, { task_ids: some }));
      const will =
        verb === 'cancel' ? 'What runs is stopped. Parked tasks stay until somebody retries them.' : '';
      return `Of ${count}: ${sayMany(told)}. ${will}`.trim();
    },
    verb: `${TITLES[verb]} ${count}`,
    isDangerous: verb === 'cancel',
    takesNote: true,
    async carryOut(note) {
      const done: DoneMany[] = [];
      for (const some of parts) done.push(await post<DoneMany>(path, { task_ids: some })(note));
      then();
      return done;
    },
    sayDone: (done) => `Of ${count}: ${sayMany(done)}.`,
  };
}
