import type { HistoryAsked, HistoryLine } from '../../../../contract/schedule.ts';
import type { SchedulesClient } from '../../../schedules-client.ts';
import type { Context } from '../../call/context.ts';
import { historyJson, historyText } from '../../show/schedules/history.ts';
import { listJson, listText } from '../../show/schedules/list.ts';
import { nextJson, nextText } from '../../show/schedules/next.ts';
import { showJson, showText } from '../../show/schedules/show.ts';
import { type Shape, show } from '../listings.ts';
import { readerHere } from './reader.ts';

export interface ListOptions extends Shape {
  limit: number;
  after?: string;
}

/** `schedule list`. */
export function listSchedules(context: Context, { limit, after, ...shape }: ListOptions): Promise<number> {
  return show(context, shape, {
    ask: ({ schedules }) => schedules.list({ limit, ...(after !== undefined && { cursor: after }) }),
    asText: (page) => listText(page, readerHere()),
    asJson: listJson,
  });
}

/** `schedule show`. */
export function showSchedule(context: Context, name: string, shape: Shape): Promise<number> {
  return show(context, shape, {
    ask: ({ schedules }) => schedules.show(name),
    asText: (shown) => showText(shown, readerHere()),
    asJson: showJson,
  });
}

/** `schedule next`. */
export function showNext(
  context: Context,
  name: string,
  { count, ...shape }: Shape & { count: number },
): Promise<number> {
  return show(context, shape, {
    ask: ({ schedules }) => schedules.next(name, count),
    asText: ({ line }) => nextText(line, count, readerHere()),
    asJson: ({ line, nextMs }) => nextJson(line, nextMs),
  });
}

/** `schedule history`, of one schedule or of all. */
export function showHistory(context: Context, { json, ...asked }: HistoryAsked & Shape): Promise<number> {
  return show(context, json ? { json } : {}, {
    ask: async ({ schedules }) => {
      const lines = await schedules.history(asked);
      return { lines, zones: json ? new Map() : await zonesOf(schedules, lines) };
    },
    asText: ({ lines, zones }) =>
      historyText(lines, {
        reader: readerHere(),
        zoneOf: (schedule) => zones.get(schedule) ?? 'UTC',
        named: asked.schedule !== undefined,
      }),
    asJson: ({ lines }) => historyJson(lines),
  });
}

/** The zone of each schedule of these lines; one that was deleted meanwhile has none. */
export async function zonesOf(
  schedules: Pick<SchedulesClient, 'next'>,
  lines: readonly Pick<HistoryLine, 'schedule'>[],
): Promise<Map<string, string>> {
  const names = [...new Set(lines.map(({ schedule }) => schedule))];
  const zones = await Promise.all(
    names.map(async (name) => {
      const found = await schedules.next(name, 0).catch(() => undefined);
      return [name, found?.line.definition.timeZone ?? 'UTC'] as const;
    }),
  );
  return new Map(zones);
}
