import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Note } from '../../contract/by-hand.ts';
import { define } from '../../contract/messages.ts';
import type { Defined, ScheduleLine, ScheduleMemo } from '../../contract/schedule.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { schedulerError } from '../../words/errors.ts';
import { askSchedule, startSchedule } from './ask-schedule.ts';
import { scheduleLine } from './schedule-line.ts';
import { noSuchSchedule, scheduleMemoOf } from './there.ts';

/** As many next times as are shown of one schedule. */
export const NEXT_TIMES = 10;

/** @throws `existing-schedule` @throws `no-daemon` */
export async function createSchedule(
  client: Client,
  definition: Definition,
  { paused, ...note }: Note & { paused?: boolean } = {},
): Promise<ScheduleLine> {
  const { name } = definition;
  const defined = await whenDeleted(() =>
    startSchedule(client, { definition, expects: null, ...(paused && { paused }), ...note }),
  );
  if (!defined.defined) throw schedulerError({ code: 'existing-schedule', schedule: name });
  return asDefined(client, definition, defined, { paused, note });
}

const DELETED_TRIES = 20;
const DELETED_PAUSE_MS = 250;

/** One of the same name that is being deleted is gone in a moment. */
async function whenDeleted(start: () => Promise<Defined>): Promise<Defined> {
  for (let tries = 1; ; tries += 1) {
    const defined = await start();
    if (defined.defined || defined.because !== 'deleted' || tries === DELETED_TRIES) return defined;
    await sleep(DELETED_PAUSE_MS);
  }
}

/** How a schedule is edited. `keepRemaining`: its `remaining` is not meant, and gets less by itself. */
export type EditHow = Note & { keepRemaining?: boolean };

/** @throws `no-such-schedule` @throws `schedule-changed` @throws `no-daemon` */
export async function editSchedule(
  client: Client,
  definition: Definition,
  version: number,
  { keepRemaining, ...note }: EditHow = {},
): Promise<ScheduleLine> {
  const { name } = definition;
  const asked = { definition, expects: version, ...(keepRemaining && { keepRemaining }), ...note };
  const defined = await askSchedule(client, name, define, asked);
  if (defined.defined) return asDefined(client, definition, defined, { note });
  if (defined.because === 'deleted') throw await noSuchSchedule(client, name);
  const { version: theirs, by, editedMs } = defined;
  throw schedulerError({
    ...{ code: 'schedule-changed', schedule: name, version: theirs, editedMs },
    ...(by !== undefined && { by }),
  });
}

/** As its workflow has it now. Where somebody was quicker, or the memo is not there yet, as it was asked for. */
async function asDefined(
  client: Client,
  definition: Definition,
  { version }: Extract<Defined, { defined: true }>,
  { paused, note }: { paused?: boolean | undefined; note: Note },
): Promise<ScheduleLine> {
  const nowMs = Date.now();
  const kept = await scheduleMemoOf(client, definition.name).catch(() => undefined);
  const asked: ScheduleMemo = {
    schedule: {
      ...{ definition, version, createdMs: nowMs, editedMs: nowMs },
      ...(note.by !== undefined && { by: note.by }),
      ...(paused && { pause: { ...note, atMs: nowMs } }),
    },
    now: { count: 0, open: 0, badInARow: 0 },
  };
  return scheduleLine(kept?.schedule.version === version ? kept : asked, nowMs, NEXT_TIMES);
}
