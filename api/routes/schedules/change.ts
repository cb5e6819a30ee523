import { z } from '@hono/zod-openapi';
import { changedFields, changedPause } from '../../../client/schedules/changed-fields.ts';
import type { Good } from '../../../client/schedules/definition.ts';
import { type DefinitionFields, isList, withFields } from '../../../client/schedules/fields.ts';
import { fieldsOf } from '../../../client/schedules/fields-of.ts';
import { nextTimes } from '../../../client/schedules/next-times.ts';
import type { Surroundings } from '../../../client/schedules/surroundings.ts';
import type { SchedulesClient } from '../../../client/schedules-client.ts';
import { RefusedError } from '../../../contract/api.ts';
import type { Note } from '../../../contract/by-hand.ts';
import { hasCode } from '../../../contract/errors.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import type { RouteDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { noteOf } from '../writing.ts';
import { definedJson, TIMES, withETag } from './answered.ts';
import { checkIfMatch, ifMatchHeader, preconditionFailed } from './etag.ts';
import { checkMayDefine, type Fields, readDefinition, warningsJson } from './given.ts';
import * as shape from './shapes.ts';

/** Changes schedules. */
export function changeRoutes({ scheduler, around }: RouteDeps): Route[] {
  return [
    route({
      ...{ method: 'patch', path: '/api/schedules/{id}', scope: 'operate', tag: 'Schedules' },
      ...{ params: shape.scheduleParams, body: shape.definitionBody, answer: shape.defined },
      query: z.strictObject({ viewer_timezone: shape.zoneQuery }),
      headers: z.object(ifMatchHeader),
      summary: 'Change what is named, and nothing else; null takes a field away',
      codes: [
        ...(['bad-definition', 'no-such-schedule', 'precondition-failed', 'schedule-changed'] as const),
        ...(['schedule-finished', 'no-daemon'] as const),
      ],
      handle: async ({ params: { id }, body, query, headers, caller }) => {
        const { dry_run: dryRun = false, note, ...fields } = body;
        refuseOtherName(id, fields);
        const seen = await around();
        return scheduler.use(async ({ schedules }) => {
          const change = async (line: ScheduleLine) => {
            checkIfMatch(headers, line);
            const good = await edited(line, fields, seen);
            const changes = changesOf(line, good);
            if (changes.fields.length > 0) checkMayDefine(caller, line.definition, good.definition);
            if (dryRun) return { line, good, changes, after: foretold(line, good, changes) };
            const after = await carryOut(schedules, { line, good, changes }, noteOf(caller, note));
            return { line, good, changes, after };
          };
          const { line, good, changes, after } = await untilNobodyIsQuicker(
            schedules,
            { id, headers },
            change,
          );
          const answer = {
            ...{ dryRun, before: line, after, isNew: false, timeZone: query.viewer_timezone ?? 'UTC' },
            ...{ changed: [...changes.fields, ...changes.pause], warnings: warningsJson(good.warnings) },
          };
          return withETag(dryRun ? line : after, definedJson(answer));
        });
      },
    }),
  ];
}

/** What is under way goes by its name. @throws RefusedError `bad-definition` */
function refuseOtherName(id: string, { name = id }: Fields): void {
  if (name === id) return;
  const says = 'a schedule keeps its name: make another one, and delete this one';
  throw new RefusedError({
    code: 'bad-definition',
    wrong: [{ at: 'body.name', says, code: 'another-name', allowed: [id], nearest: null }],
  });
}

/** What it would be. @throws RefusedError `bad-definition` */
function edited(line: ScheduleLine, fields: Fields, around: Surroundings): Promise<Good> {
  const others = Object.entries(fields).map(([name, value]) => [name, value ?? (isList(name) ? [] : '')]);
  const all = withFields(fieldsOf(line.definition), Object.fromEntries(others) as DefinitionFields);
  return readDefinition(all, around);
}

interface Changes {
  fields: string[];
  pause: string[];
}

function changesOf(line: ScheduleLine, { definition, paused, pauseNote }: Good): Changes {
  const pause = changedPause(line, {
    ...(paused !== undefined && { paused }),
    ...(pauseNote !== undefined && { pauseNote }),
  });
  return { fields: changedFields(line.definition, definition), pause };
}

/** As it would be then. */
function foretold(
  line: ScheduleLine,
  { definition, paused, pauseNote }: Good,
  changes: Changes,
): ScheduleLine {
  const { pause: was, ...others } = line;
  const nowMs = Date.now();
  const after: ScheduleLine = { ...others, ...(was && { pause: was }) };
  if (changes.fields.length > 0) {
    Object.assign(after, { definition, version: line.version + 1, editedMs: nowMs });
    after.nextMs = nextTimes(definition, after.skips, { afterMs: nowMs, count: TIMES });
    after.state = definition.remaining === 0 ? 'finished' : was ? 'paused' : 'active';
  }
  if (changes.pause.length === 0) return after;
  delete after.pause;
  if (paused) after.pause = { atMs: was?.atMs ?? nowMs, ...(pauseNote !== undefined && { note: pauseNote }) };
  if (after.state !== 'finished') after.state = paused ? 'paused' : 'active';
  return after;
}

interface Edit {
  line: ScheduleLine;
  good: Good;
  changes: Changes;
}

async function carryOut(
  schedules: SchedulesClient,
  { line, good: { definition, paused, pauseNote }, changes }: Edit,
  note: Note,
): Promise<ScheduleLine> {
  const how = { ...note, ...(!changes.fields.includes('remaining') && { keepRemaining: true }) };
  const after = changes.fields.length > 0 ? await schedules.edit(definition, line.version, how) : line;
  if (changes.pause.length === 0) return after;
  const why = { ...note, ...(pauseNote !== undefined && { note: pauseNote }) };
  if (paused) await schedules.pause(line.name, why);
  else await schedules.resume(line.name, note);
  return schedules.line(line.name, TIMES);
}

const TRIES = 5;

/**
 * Whoever names no version wants only what is named to change, whatever else was changed meanwhile.
 * @throws RefusedError `precondition-failed` where a version is named
 */
async function untilNobodyIsQuicker<Done>(
  schedules: SchedulesClient,
  { id, headers }: { id: string; headers: Headers },
  change: (line: ScheduleLine) => Promise<Done>,
): Promise<Done> {
  const ifMatch = headers.get('if-match');
  for (let tries = 1; ; tries += 1) {
    try {
      return await change(await schedules.line(id, TIMES));
    } catch (error) {
      if (!hasCode(error, 'schedule-changed')) throw error;
      if (ifMatch !== null && ifMatch.trim() !== '*')
        throw preconditionFailed(await schedules.line(id, 0), ifMatch);
      if (tries === TRIES) throw error;
    }
  }
}
