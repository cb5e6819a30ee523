import type { Note } from '../contract/by-hand.ts';
import { hasCode, SchedulerError } from '../contract/errors.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { ScheduleLine } from '../contract/schedule.ts';
import type { Applied, HowToApply, WantedSchedule } from '../contract/schedule-applied.ts';
import { asSchedulerError } from './errors.ts';
import { changedFields, changedPause } from './schedules/changed-fields.ts';
import { withWhatIsLeft } from './schedules/what-is-left.ts';
import type { SchedulesClient } from './schedules-client.ts';

type Schedules = Pick<SchedulesClient, 'list' | 'line' | 'create' | 'edit' | 'pause' | 'resume' | 'delete'>;

/** Server and daemon have other things to do, too. */
const AT_A_TIME = 25;
const PAGE = 1_000;

/** What is to be done with one schedule; a step that was undone meanwhile is planned anew. */
type Step =
  | { schedule: string; does: 'create'; wanted: WantedSchedule }
  | { schedule: string; does: 'edit'; wanted: WantedSchedule; there: ScheduleLine; changed: string[] }
  | { schedule: string; does: 'delete' }
  | { schedule: string; does: 'unchanged' }
  | { schedule: string; does: 'kept' };
type ToDo = Exclude<Step, { does: 'unchanged' | 'kept' }>;

/**
 * Makes the schedules be as they are wanted. What somebody else changes meanwhile is not overwritten: that one fails with
 * `schedule-changed`. One that fails keeps no other from being done; only where nobody is there to do it, the rest is not tried.
 */
export async function applySchedules(
  schedules: Schedules,
  wanted: readonly WantedSchedule[],
  { dryRun, prune = false, agree = () => true, tell = () => {} }: HowToApply,
  note: Note = {},
): Promise<Applied[]> {
  const plan = await planOf(schedules, wanted, prune);
  const planned = plan.map(asPlanned);
  if (!agree(planned) || dryRun) return planned;
  const done = new Map<string, Applied>();
  const work = untilNobodyIsThere((step) => carryOut(schedules, step, note));
  await inBatches(
    plan.filter((step) => step.does !== 'unchanged' && step.does !== 'kept'),
    async (step) => {
      const became = await work(step);
      done.set(step.schedule, became);
      tell(became);
    },
    AT_A_TIME,
  );
  return plan.map((step) => done.get(step.schedule) ?? asPlanned(step));
}

/** In the order in which they are wanted, then the others by name. What is to be changed is looked at as it is at this moment. */
async function planOf(
  schedules: Schedules,
  wanted: readonly WantedSchedule[],
  prune: boolean,
): Promise<Step[]> {
  const listed = new Map((await allSchedules(schedules)).map((line) => [line.name, line]));
  const steps = wanted.map((each): Step => {
    const there = listed.get(each.definition.name);
    listed.delete(each.definition.name);
    return stepFor(each, there);
  });
  const others = [...listed.keys()].sort();
  steps.push(...others.map((schedule): Step => ({ schedule, does: prune ? 'delete' : 'kept' })));
  return inBatches(
    steps,
    async (step) =>
      step.does === 'edit' ? stepFor(step.wanted, await lookAt(schedules, step.schedule)) : step,
    AT_A_TIME,
  );
}

/** All that there are, page by page. */
export async function allSchedules(schedules: Pick<Schedules, 'list'>): Promise<ScheduleLine[]> {
  const all: ScheduleLine[] = [];
  let cursor: string | null = null;
  do {
    const page = await schedules.list({ limit: PAGE, ...(cursor !== null && { cursor }) });
    all.push(...page.schedules);
    cursor = page.cursor;
  } while (cursor !== null);
  return all;
}

async function lookAt(schedules: Schedules, name: string): Promise<ScheduleLine | undefined> {
  try {
    return await schedules.line(name, 0);
  } catch (error) {
    if (hasCode(error, 'no-such-schedule')) return undefined;
    throw error;
  }
}

function stepFor(wanted: WantedSchedule, there: ScheduleLine | undefined): Step {
  const schedule = wanted.definition.name;
  if (there === undefined) return { schedule, does: 'create', wanted };
  const definition = withWhatIsLeft(wanted.definition, there);
  const changed = [...changedFields(there.definition, definition), ...changedPause(there, wanted)];
  if (changed.length === 0) return { schedule, does: 'unchanged' };
  return { schedule, does: 'edit', wanted: { ...wanted, definition }, there, changed };
}

function asPlanned(step: Step): Applied {
  const { schedule } = step;
  switch (step.does) {
    case 'create':
      return { schedule, did: 'created' };
    case 'edit':
      return { schedule, did: 'edited', changed: step.changed };
    case 'delete':
      return { schedule, did: 'deleted' };
    default:
      return { schedule, did: step.does };
  }
}

/** The same work; where so many in a row failed since nobody took them, it is not tried any more. */
function untilNobodyIsThere(work: (step: ToDo) => Promise<Applied>): (step: ToDo) => Promise<Applied> {
  let failed = 0;
  let nobody: unknown;
  return async (step) => {
    try {
      if (failed >= AT_A_TIME) throw nobody;
      const done = await work(step);
      failed = 0;
      return done;
    } catch (error) {
      const told = asSchedulerError(error);
      if (!(told instanceof SchedulerError)) throw told;
      const isNobody = hasCode(told, 'no-daemon', 'temporal-failed', 'temporal-stuck');
      failed = isNobody ? failed + 1 : 0;
      nobody = told;
      return { schedule: step.schedule, did: 'failed', wanted: step.does, failure: told.failure };
    }
  };
}

async function carryOut(schedules: Schedules, step: Step, note: Note): Promise<Applied> {
  const { schedule } = step;
  switch (step.does) {
    case 'create':
      return create(schedules, step.wanted, note);
    case 'edit':
      await edit(schedules, step, note);
      break;
    case 'delete':
      await schedules.delete(schedule, note);
      break;
  }
  return asPlanned(step);
}

/** One that was made so lately that the list had it not yet is edited. */
async function create(schedules: Schedules, wanted: WantedSchedule, note: Note): Promise<Applied> {
  const { definition, paused = false, pauseNote } = wanted;
  const { name } = definition;
  const why = { ...note, ...(paused && pauseNote !== undefined && { note: pauseNote }) };
  try {
    await schedules.create(definition, { ...why, ...(paused && { paused }) });
    return { schedule: name, did: 'created' };
  } catch (error) {
    const there = hasCode(error, 'existing-schedule') ? await lookAt(schedules, name) : undefined;
    if (there === undefined) throw error;
    return carryOut(schedules, stepFor(wanted, there), note);
  }
}

async function edit(
  schedules: Schedules,
  { schedule, wanted, there, changed }: Extract<Step, { does: 'edit' }>,
  note: Note,
): Promise<void> {
  const aboutPause = changed.filter((field) => field === 'enabled' || field === 'pause_note');
  const how = { ...note, ...(!changed.includes('remaining') && { keepRemaining: true }) };
  if (changed.length > aboutPause.length) await schedules.edit(wanted.definition, there.version, how);
  if (aboutPause.length === 0) return;
  const why = wanted.pauseNote === undefined ? note : { ...note, note: wanted.pauseNote };
  if (wanted.paused) await schedules.pause(schedule, why);
  else await schedules.resume(schedule, note);
}
