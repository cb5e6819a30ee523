import { ApplicationFailure, patched, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  backfill,
  beginAnswered,
  beginOccurrence,
  decideMissed,
  define,
  deleteSchedule,
  occurrenceEnded,
  pauseSchedule,
  resumeSchedule,
  runScheduleNow,
  scheduleStatus,
  skipNext,
} from '../../contract/messages.ts';
import type { BeginAsked } from '../../contract/occurrence.ts';
import type { DefineAsked, Defined } from '../../contract/schedule.ts';
import { begin, isLateLast } from '../../domain/schedule/begin.ts';
import { edit, newSchedule, pause, resume } from '../../domain/schedule/edit.ts';
import { ended } from '../../domain/schedule/ended.ts';
import type { ScheduleCarried } from '../../domain/schedule/kept.ts';
import { fulfil } from '../sdk/fulfil.ts';
import { heed } from '../sdk/heed.ts';
import { ByHand } from './by-hand.ts';
import type { ScheduleState } from './schedule-state.ts';

/** `nextMs` of an answer. */
const NEXT_TOLD = 10;

/** Handles all messages to a schedule. */
export function handleMessages(state: ScheduleState): void {
  const { answers, replies } = state;
  answers.tell();
  const byHand = new ByHand(state);
  const refuse = () => refuseWithout(state);
  fulfil(answers, define, async (asked) => defined(state, asked));
  fulfil(
    answers,
    pauseSchedule,
    async (note) => turn(state, (kept) => pause(kept, note ?? {}, Date.now())),
    refuse,
  );
  fulfil(answers, resumeSchedule, async () => turn(state, (kept) => resume(kept, Date.now())), refuse);
  fulfil(answers, runScheduleNow, (asked) => byHand.runNow(asked), refuse);
  fulfil(answers, backfill, (asked) => byHand.backfill(asked), refuse);
  fulfil(answers, skipNext, (asked) => byHand.skip(asked), refuse);
  fulfil(answers, decideMissed, (asked) => byHand.decide(asked), refuse);
  fulfil(answers, deleteSchedule, () => byHand.delete(), refuse);
  heed(beginOccurrence, (asked, asking) =>
    replies.put(asked.workflowId, beginAnswered, begins(state, asked), asking),
  );
  heed(occurrenceEnded, (told) => {
    if (state.kept !== undefined) state.record(() => state.turning((kept) => ended(kept, told, Date.now())));
  });
  setHandler(scheduleStatus, () => state.full());
}

/**
 * The newest time at which it was due when an occurrence asked. What the occurrence knows of that is from the server, which adds
 * jitter.
 */
function newestDue({ kept, due }: ScheduleState, { atMs, newestDueMs }: BeginAsked): Partial<BeginAsked> {
  const jitterMs = kept?.memo.schedule.definition.jitterMs ?? 0;
  const known = due?.timesMs.findLast((ms) => ms <= atMs) ?? 0;
  const newest = Math.max(known, (newestDueMs ?? 0) - jitterMs);
  return newest > 0 ? { newestDueMs: newest } : {};
}

function begins(state: ScheduleState, asked: BeginAsked): ReturnType<typeof begin> {
  if (state.kept === undefined || state.deleted) return { not: { why: 'no-such-schedule' } };
  // Whoever asks may have waited for a worker since, for hours.
  const now = { ...asked, atMs: Math.max(asked.atMs, Date.now()) };
  // A history that was made without it is replayed without it.
  const isLast = isLateLast(state.kept, asked) && patched('last-may-be-late');
  return state.record(() =>
    state.turning((kept) => begin(kept, { ...now, ...newestDue(state, now) }, { isLast })),
  );
}

/** Throws what the one who asked is told. */
function refuseWithout({ kept, deleted, name }: ScheduleState): void {
  if (kept === undefined || deleted)
    throw ApplicationFailure.nonRetryable(`there is no schedule ${name}`, 'no-such-schedule');
}

async function defined(state: ScheduleState, asked: DefineAsked): Promise<Defined> {
  const { kept } = state;
  if (kept === undefined && asked.expects === null) state.kept = made(asked);
  else if (kept === undefined || state.deleted) return refused(kept, 'deleted');
  else if (asked.expects === null) return refused(kept, 'exists');
  else if (!edit(kept, asked, Date.now())) return refused(kept, 'changed');
  const version = state.kept?.memo.schedule.version ?? 0;
  state.changed();
  const inForce = await state.settled();
  return { defined: true, version, inForce, nextMs: state.nextMs.slice(0, NEXT_TOLD) };
}

/**
 * What is due is compared from when its workflow was started, by whoever has asked: it may have waited for a worker since, and a
 * time that came meanwhile is none of the past. One that is made paused is not due then.
 */
function made(asked: DefineAsked): ScheduleCarried {
  const nowMs = Date.now();
  const kept = newSchedule(asked, nowMs);
  // A history that was made without it is replayed without it.
  if (!asked.paused && patched('due-from-its-start'))
    kept.auditedMs = Math.min(nowMs, workflowInfo().startTime.getTime());
  return kept;
}

function refused(
  kept: ScheduleCarried | undefined,
  because: Extract<Defined, { defined: false }>['because'],
): Defined {
  const { version, editedMs, by } = kept?.memo.schedule ?? { version: 0, editedMs: 0 };
  return { defined: false, because, version, editedMs, ...(by && { by }) };
}

async function turn(
  state: ScheduleState,
  change: (kept: ScheduleCarried) => boolean,
): Promise<{ wasPaused: boolean }> {
  const wasPaused = state.record(() => state.turning(change));
  await state.settled();
  return { wasPaused };
}
