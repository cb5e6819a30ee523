import type { Done, DoneMany } from '../../../api/shapes.ts';
import { type Deed, dryRun, post } from '../../../parts/deed.tsx';
import { sayDid, sayMany, sayWill, TITLES, type Verb } from './will.ts';

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

/** @param then told after each part which tasks it was done for, also where a later part fails */
export function deedOnMany(
  verb: 'retry' | 'cancel',
  taskIds: readonly number[],
  then: (doneIds: readonly number[]) => void,
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
      for (const some of parts) {
        const answer = await post<DoneMany>(path, { task_ids: some })(note);
        done.push(answer);
        then(doneIn(answer));
      }
      return done;
    },
    sayDone: (done) => `Of ${count}: ${sayMany(done)}.`,
  };
}

/** What failed or was not reached is not among them. */
export function doneIn({ tasks }: Pick<DoneMany, 'tasks'>): number[] {
  return tasks.flatMap(({ task_id: id, problem }) => (problem === null ? [id] : []));
}
