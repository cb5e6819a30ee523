import { applySchedules } from '../../client/apply-schedules.ts';
import { scheduleNow } from '../../client/schedules/all.ts';
import { scheduleLine } from '../../client/schedules/schedule-line.ts';
import type { SchedulesClient } from '../../client/schedules-client.ts';
import type { HistoryLine, MissedLine, ScheduleCarried } from '../../contract/schedule.ts';
import * as edits from '../../domain/schedule/edit.ts';
import { schedulerError } from '../../words/errors.ts';

export interface SchedulesInMemory {
  client: SchedulesClient;
  all: Map<string, ScheduleCarried>;
  /** What was asked of them, in its order: the name of the call first. */
  asked: unknown[][];
  history: HistoryLine[];
  missed: MissedLine[];
}

/** Schedules in memory, by the same rules as their workflows have. Nothing of them begins. */
export function schedulesInMemory(): SchedulesInMemory {
  const all = new Map<string, ScheduleCarried>();
  const kept: SchedulesInMemory = {
    ...{ all, asked: [], history: [], missed: [] },
    client: undefined as unknown as SchedulesClient,
  };
  const of = (name: string) => {
    const found = all.get(name);
    if (found === undefined)
      throw schedulerError({ code: 'no-such-schedule', schedule: name, known: [...all.keys()].slice(0, 1) });
    return found;
  };
  const lineOf = (name: string, times: number) => scheduleLine(of(name).memo, Date.now(), times);
  const changing = <Answer>(what: unknown[], answer: () => Answer): Answer => {
    kept.asked.push(what);
    return answer();
  };
  const client: Omit<SchedulesClient, 'apply'> = {
    create: async (definition, options = {}) =>
      changing(['create', definition.name, options], () => {
        const { name } = definition;
        if (all.has(name)) throw schedulerError({ code: 'existing-schedule', schedule: name });
        const { paused, ...note } = options;
        all.set(
          name,
          edits.newSchedule({ definition, expects: null, ...(paused && { paused }), ...note }, Date.now()),
        );
        return lineOf(name, 10);
      }),
    edit: async (definition, version, note = {}) =>
      changing(['edit', definition.name, version], () => {
        const { name } = definition;
        if (edits.edit(of(name), { definition, expects: version, ...note }, Date.now()))
          return lineOf(name, 10);
        throw schedulerError({
          ...{ code: 'schedule-changed', schedule: name, version: lineOf(name, 0).version, editedMs: 1 },
        });
      }),
    async list({ limit = 100, cursor } = {}) {
      const names = [...all.keys()];
      const from = cursor === undefined ? 0 : Number(cursor);
      if (!Number.isInteger(from)) throw schedulerError({ code: 'wrong-cursor', cursor: String(cursor) });
      const page = names.slice(from, from + limit).map((name) => lineOf(name, 1));
      return { schedules: page, cursor: from + limit < names.length ? String(from + limit) : null };
    },
    all: async () => ({
      atMs: Date.now(),
      schedules: [...all.values()].map(({ memo }) => scheduleNow(memo, Date.now())),
      more: false,
    }),
    show: async (name) => ({ ...lineOf(name, 10), history: [], totals: [], inForce: true }),
    line: async (name, times) => lineOf(name, times),
    pause: async (name, note = {}) =>
      changing(['pause', name, note], () => !edits.pause(of(name), note, Date.now())),
    resume: async (name, note) =>
      changing(['resume', name, note], () => {
        if (of(name).memo.schedule.finished)
          throw schedulerError({ code: 'schedule-finished', schedule: name });
        return edits.resume(of(name), Date.now());
      }),
    runNow: async (name, how, note) =>
      changing(['run-now', name, how, note], () => {
        const { state } = lineOf(name, 0);
        if (state === 'paused' && !how?.evenIfPaused)
          throw schedulerError({ code: 'schedule-paused', schedule: name });
        return { occurrence: `occurrence-${name}-now`, taskId: 7, waits: null, leftOut: null, ended: null };
      }),
    occurrence: async () => undefined,
    skipNext: async (name, note) =>
      changing(['skip-next', name, note], () => ({
        skipped: edits.skip(of(name), lineOf(name, 101).nextMs, undefined),
      })),
    backfill: async (name, span, note) =>
      changing(['backfill', name, span, note], () => ({ started: [`occurrence-${name}-x`], there: 0 })),
    delete: async (name, note) =>
      changing(['delete', name, note], () => {
        of(name);
        all.delete(name);
        return { open: 0 };
      }),
    async history({ schedule, untilMs = Number.POSITIVE_INFINITY, limit = 50 }) {
      if (schedule !== undefined) of(schedule);
      return kept.history
        .filter((line) => schedule === undefined || line.schedule === schedule)
        .filter(({ plannedMs }) => plannedMs <= untilMs)
        .sort((a, b) => b.plannedMs - a.plannedMs)
        .slice(0, limit);
    },
    recent: async (names, each) =>
      Promise.all(
        names.map(async (schedule) => ({
          schedule,
          occurrences: all.has(schedule) ? await client.history({ schedule, limit: each }) : null,
        })),
      ),
    missed: async (sinceMs, schedule) => {
      if (schedule !== undefined) of(schedule);
      return kept.missed.filter(
        (line) => line.plannedMs >= sinceMs && (schedule === undefined || line.schedule === schedule),
      );
    },
    decide: async (schedule, plannedMs, decide, note) =>
      changing(['decide', schedule, decide, note], () => {
        of(schedule);
        const at = kept.missed.findIndex((line) => line.plannedMs === plannedMs);
        if (at < 0) throw schedulerError({ code: 'no-such-time', schedule, atMs: plannedMs });
        kept.missed.splice(at, 1);
        return decide === 'run' ? `occurrence-${schedule}-missed` : null;
      }),
  };
  kept.client = { ...client, apply: (wanted, how, note) => applySchedules(client, wanted, how, note) };
  return kept;
}
