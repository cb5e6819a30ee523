import { tell } from '../../api/call.ts';
import type {
  Backfilled,
  MissedDecided,
  RanNow,
  Schedule,
  ScheduleDeleted,
  ScheduleDisabled,
  ScheduleEnabled,
  SkippedNext,
} from '../../api/shapes.ts';
import { type Deed, dryRun, post, propose } from '../../parts/deed.tsx';
import * as words from './deed-words.ts';
import { pathOf } from './place.ts';
import { viewersZone } from './zones.ts';

/** Called when it is done. */
export type Then = () => unknown;

/** Proposes a deed, and looks again after it. */
function proposeAnd<Answer>(deed: Deed<Answer>, then: Then): void {
  propose<Answer>({
    ...deed,
    async carryOut(note) {
      const answer = await deed.carryOut(note);
      then();
      return answer;
    },
  });
}

export function proposePause({ name }: Schedule, then: Then): void {
  proposeAnd<ScheduleDisabled>(
    {
      ...{ title: `Pause schedule ${name}?`, verb: `Pause ${name}`, takesNote: true },
      consequence: async () => words.sayWouldPause(await dryRun(pathOf(name, 'disable'))),
      carryOut: post(pathOf(name, 'disable')),
      sayDone: ({ did }) => (did ? `Schedule ${name} is paused.` : `Schedule ${name} was paused already.`),
    },
    then,
  );
}

export function proposeResume({ name }: Schedule, then: Then): void {
  proposeAnd<ScheduleEnabled>(
    {
      ...{ title: `Resume schedule ${name}?`, verb: `Resume ${name}`, takesNote: true },
      consequence: async () => words.sayWouldResume(await dryRun(pathOf(name, 'enable')), viewersZone()),
      carryOut: post(pathOf(name, 'enable')),
      sayDone: () => `Schedule ${name} goes on.`,
    },
    then,
  );
}

/** Pauses it, or resumes it. */
export function proposeToggle(schedule: Schedule, then: Then): void {
  if (schedule.state === 'paused') proposeResume(schedule, then);
  else proposePause(schedule, then);
}

export function proposeRunNow({ name }: Schedule, how: words.How, then: Then): void {
  const body = {
    ...(how === 'force' && { force: true, even_if_paused: true }),
    ...(how === 'even-if-paused' && { even_if_paused: true }),
  };
  proposeAnd<RanNow>(
    {
      ...{ title: `Run ${name} now?`, verb: `Run ${name} now`, takesNote: true },
      async consequence() {
        const { before } = await dryRun<RanNow>(pathOf(name, 'run-now'), body);
        return words.sayWouldRun(before, how);
      },
      carryOut: post(pathOf(name, 'run-now'), body),
      sayDone: (answer) => words.sayRan(name, answer),
    },
    then,
  );
}

export function proposeSkipNext({ name }: Schedule, then: Then): void {
  proposeAnd<SkippedNext>(
    {
      ...{ title: `Leave out the next time of ${name}?`, verb: 'Leave it out', takesNote: true },
      consequence: async () => words.sayWouldSkip(await dryRun(pathOf(name, 'skip-next')), viewersZone()),
      carryOut: post(pathOf(name, 'skip-next')),
      sayDone: ({ skipped }) =>
        skipped === null
          ? `Schedule ${name} has no next time.`
          : `Schedule ${name} leaves out its next time.`,
    },
    then,
  );
}

export function proposeBackfill({ name }: Schedule, span: { from: string; to: string }, then: Then): void {
  proposeAnd<Backfilled>(
    {
      ...{
        title: `Backfill ${name} from ${span.from} to ${span.to}?`,
        verb: `Backfill ${name}`,
        takesNote: true,
      },
      consequence: async () => words.sayWouldBackfill(await dryRun(pathOf(name, 'backfill'), span)),
      carryOut: post(pathOf(name, 'backfill'), span),
      sayDone: (answer) => words.sayBackfilled(name, answer),
    },
    then,
  );
}

export function proposeDelete({ name }: Schedule, then: Then): void {
  const remove = (body: object) => tell<ScheduleDeleted>('DELETE', pathOf(name), body);
  proposeAnd<ScheduleDeleted>(
    {
      ...{ title: `Delete schedule ${name}?`, verb: `Delete ${name}`, isDangerous: true, takesNote: true },
      consequence: async () => words.sayWouldDelete(await remove({ dry_run: true })),
      carryOut: (note) => remove({ ...(note && { note }) }),
      sayDone: () => `Schedule ${name} is deleted.`,
    },
    then,
  );
}

/** As many as a request may have. */
const KEYS = 500;

/** About times that were missed. @param keys as the API lists them */
export function proposeDecide(keys: readonly string[], what: 'run' | 'skip', then: Then): void {
  const [first] = keys;
  const these = keys.length === 1 ? `${first}` : `${keys.length} missed times`;
  proposeAnd<MissedDecided>(
    {
      title: what === 'run' ? `Run ${these} now?` : `Leave ${these} at that?`,
      verb: what === 'run' ? 'Run now' : 'Leave at that',
      takesNote: true,
      consequence: async () => words.sayWouldDecide(await decide(keys, what, { dry_run: true }), what),
      carryOut: (note) => decide(keys, what, { ...(note && { note }) }),
      sayDone: (answer) => words.sayDecided(answer, what),
    },
    then,
  );
}

/** In requests of the size that the API takes. */
async function decide(keys: readonly string[], what: 'run' | 'skip', more: object): Promise<MissedDecided> {
  const all: MissedDecided = { dry_run: 'dry_run' in more, times: [], failed: 0 };
  for (let at = 0; at < keys.length; at += KEYS) {
    const body = { [what]: keys.slice(at, at + KEYS), ...more };
    const { times, failed } = await tell<MissedDecided>('POST', '/api/missed', body);
    all.times.push(...times);
    all.failed += failed;
  }
  return all;
}
