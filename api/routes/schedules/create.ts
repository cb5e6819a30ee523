import { z } from '@hono/zod-openapi';
import { changedFields } from '../../../client/schedules/changed-fields.ts';
import type { Good } from '../../../client/schedules/definition.ts';
import { plannedLine } from '../../../client/schedules/schedule-line.ts';
import type { Surroundings } from '../../../client/schedules/surroundings.ts';
import { withWhatIsLeft } from '../../../client/schedules/what-is-left.ts';
import type { SchedulesClient } from '../../../client/schedules-client.ts';
import { hasCode } from '../../../contract/errors.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import { schedulerError } from '../../../words/errors.ts';
import type { Caller } from '../../guard/caller.ts';
import type { RouteDeps } from '../deps.ts';
import { idempotencyHeader, ownerOf } from '../idempotency.ts';
import { type Route, route } from '../route.ts';
import { noteOf } from '../writing.ts';
import { definedJson, TIMES, withETag } from './answered.ts';
import { checkMayDefine, type Fields, readDefinition, warningsJson, withJob } from './given.ts';
import * as shape from './shapes.ts';

const query = z.strictObject({ viewer_timezone: shape.zoneQuery });

/** Makes schedules. */
export function createRoutes(deps: RouteDeps): Route[] {
  return [
    route({
      ...{ method: 'post', path: '/api/schedules', scope: 'operate', tag: 'Schedules' },
      ...{ status: 201, dryStatus: 200, query, body: shape.definitionBody, answer: shape.defined },
      headers: z.object(idempotencyHeader),
      summary: 'Make a schedule; one that runs a program of BIN_DIR needs the scope admin',
      codes: ['bad-definition', 'existing-schedule', 'no-such-schedule', 'key-used', 'no-daemon'],
      handle: async ({ body, query: { viewer_timezone: timeZone = 'UTC' }, headers, caller }) => {
        const { dry_run: dryRun = false, note, ...fields } = body;
        const around = await deps.around();
        const good = await readDefinition(await withJob(fields, around), around);
        checkMayDefine(caller, good.definition);
        const wanted = { good, caller, note, key: headers.get('idempotency-key'), request: body };
        const { line, isNew } = await deps.scheduler.use(({ schedules }) =>
          dryRun ? foretell(schedules, good) : make(deps, schedules, wanted),
        );
        const became = { dryRun, before: isNew ? null : line, after: line, isNew, timeZone };
        const warnings = [...warningsJson(good.warnings), ...ownZone(fields, good, around)];
        return withETag(line, definedJson({ ...became, changed: [], warnings }), dryRun ? 200 : 201);
      },
    }),
    route({
      ...{ method: 'post', path: '/api/schedules/preview', scope: 'read', asksOnly: true, tag: 'Schedules' },
      ...{ query, body: shape.definitionBody, answer: shape.preview },
      summary: 'What a definition means, and its next times; it may have neither a name nor work yet',
      codes: ['bad-definition'],
      handle: async ({ body, query: { viewer_timezone: timeZone = 'UTC' } }) => {
        const { dry_run: _dryRun, note: _note, ...fields } = body;
        const around = await deps.around();
        const good = await readDefinition(withStandIns(await withJob(fields, around)), around);
        const line = plannedLine(good.definition, { paused: false, times: TIMES });
        const became = { dryRun: true, before: null, after: line, isNew: true, timeZone };
        const { coming, after } = definedJson({ ...became, changed: [], warnings: [] });
        const { when, next } = after as { when: string; next: string[] };
        const warnings = [...warningsJson(good.warnings), ...ownZone(fields, good, around)];
        return { when, timezone: good.definition.timeZone, next, coming, warnings };
      },
    }),
  ];
}

interface Made {
  line: ScheduleLine;
  isNew: boolean;
}

/** @throws `existing-schedule` */
async function foretell(schedules: SchedulesClient, { definition, paused = false }: Good): Promise<Made> {
  const { name } = definition;
  if ((await lineOf(schedules, name)) !== undefined)
    throw schedulerError({ code: 'existing-schedule', schedule: name });
  return { line: plannedLine(definition, { paused, times: TIMES }), isNew: true };
}

async function lineOf(schedules: SchedulesClient, name: string): Promise<ScheduleLine | undefined> {
  try {
    return await schedules.line(name, TIMES);
  } catch (error) {
    if (hasCode(error, 'no-such-schedule')) return undefined;
    throw error;
  }
}

interface Wanted {
  good: Good;
  caller: Caller;
  note: string | undefined;
  key: string | null;
  request: unknown;
}

async function make(
  { keys }: RouteDeps,
  schedules: SchedulesClient,
  { good, caller, note, key, request }: Wanted,
): Promise<Made> {
  const { definition, paused = false, pauseNote = note } = good;
  const create = () =>
    schedules.create(definition, { ...noteOf(caller, pauseNote), ...(paused && { paused }) });
  if (key === null) return { line: await create(), isNew: true };
  let made: ScheduleLine | undefined;
  const { isNew } = await keys.once(ownerOf(caller), key, {
    request: JSON.stringify(['schedule', request]),
    async make() {
      made = await create();
      return { id: made.createdMs };
    },
    // No two have the same name: where it is as it was asked for, and nobody has edited it, it is this one.
    async find() {
      const there = await lineOf(schedules, definition.name);
      if (there?.version !== 1) return undefined;
      const isIt = changedFields(there.definition, withWhatIsLeft(definition, there)).length === 0;
      return isIt ? { id: there.createdMs } : undefined;
    },
  });
  return { line: made ?? (await schedules.line(definition.name, TIMES)), isNew };
}

/** Whoever asks may be in another zone than this machine. */
function ownZone({ timezone }: Fields, { definition }: Good, { timeZone }: Surroundings): object[] {
  if ((timezone !== undefined && timezone !== null && timezone !== '') || definition.timing.kind === 'every')
    return [];
  const says = `its times are those of the zone of the scheduler's machine, ${timeZone}: timezone names another one`;
  return [{ code: 'own-zone', says }];
}

/** Only when it is due is looked at. */
function withStandIns(fields: Fields): Fields {
  const has = (name: string) => fields[name] !== undefined && fields[name] !== null && fields[name] !== '';
  return {
    ...fields,
    ...(!has('name') && { name: 'preview' }),
    ...(!has('title') && !has('command') && { title: 'preview' }),
  };
}
