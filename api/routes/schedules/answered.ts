import { jsonText } from '../../../client/json/json-text.ts';
import { asElsewhere, lineJson } from '../../../client/json/schedules/line.ts';
import { comingJson } from '../../../client/json/schedules/next.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import { etagOf } from './etag.ts';

/** As many next times as are told of one schedule. */
export const TIMES = 10;

/** An answer that names the version it is about. */
export function withETag(line: ScheduleLine, value: object, status = 200): Response {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  // Version 0 is one that there is not yet.
  if (line.version > 0) headers.etag = etagOf(line);
  return new Response(jsonText(value), { status, headers });
}

export interface Became {
  dryRun: boolean;
  before: ScheduleLine | null;
  after: ScheduleLine;
  changed: readonly string[];
  warnings: readonly object[];
  isNew: boolean;
  /** Of whoever looks. */
  timeZone: string;
}

/** What a schedule is now, or would be, and was before. */
export function definedJson(became: Became): Record<string, unknown> {
  const { dryRun, before, after, changed, warnings, isNew, timeZone } = became;
  return {
    ...asElsewhere(after),
    ...{ name: after.name, dry_run: dryRun, is_new: isNew },
    ...{ before: before && lineJson(before), after: lineJson(after), changed, warnings },
    coming:
      after.state === 'finished'
        ? []
        : comingJson(after.definition, after.skips, { nowMs: Date.now(), timeZone, count: TIMES }),
  };
}
