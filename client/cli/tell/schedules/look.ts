import type { HistoryAsked } from '../../../../contract/schedule.ts';
import { historyJson } from '../../../json/schedules/history.ts';
import { listJson } from '../../../json/schedules/list.ts';
import { nextJson } from '../../../json/schedules/next.ts';
import { showJson } from '../../../json/schedules/show.ts';
import type { Context } from '../../call/context.ts';
import { historyText } from '../../show/schedules/history.ts';
import { listText } from '../../show/schedules/list.ts';
import { nextText } from '../../show/schedules/next.ts';
import { showText } from '../../show/schedules/show.ts';
import { type Shape, show } from '../listings.ts';
import { readerHere } from './reader.ts';

interface ListOptions extends Shape {
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
    ask: ({ schedules }) => schedules.line(name, count),
    asText: (line) => nextText(line, count, readerHere()),
    asJson: (line) => {
      const { nowMs, ownZone: timeZone } = readerHere();
      return nextJson(line, { nowMs, timeZone, count });
    },
  });
}

/** `schedule history`, of one schedule or of all. */
export function showHistory(context: Context, { json, ...asked }: HistoryAsked & Shape): Promise<number> {
  return show(context, json ? { json } : {}, {
    ask: ({ schedules }) => schedules.history(asked),
    asText: (lines) => historyText(lines, readerHere(), { named: asked.schedule !== undefined }),
    asJson: historyJson,
  });
}
