import { z } from '@hono/zod-openapi';
import { allSchedules } from '../../../client/apply-schedules.ts';
import { placeOf, schedulesFromJson } from '../../../client/schedules/file/from-json.ts';
import { overProblems } from '../../../client/schedules/file/over.ts';
import { exportedJson, inOrder, schedulesText } from '../../../client/schedules/file/write-file.ts';
import type { SchedulesClient } from '../../../client/schedules-client.ts';
import { RefusedError, type WrongField } from '../../../contract/api.ts';
import { inBatches } from '../../../contract/in-batches.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import type { Applied } from '../../../contract/schedule-applied.ts';
import type { FileProblem } from '../../../contract/schedule-file.ts';
import { sayFileProblemAt } from '../../../words/schedule-file.ts';
import { oneFailure, oneFailureJson } from '../../answer/one-failure.ts';
import type { RouteDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import * as is from '../shapes.ts';
import { noteOf, writing } from '../writing.ts';
import { MOST_WRONG, warningsJson, wrongField } from './given.ts';

/** More would have more values than a body may have. */
const MOST_IN_BODY = 2_000;

const body = z
  .strictObject({
    schedules: z
      .array(z.unknown())
      .max(MOST_IN_BODY)
      .openapi({ items: { type: 'object' } }),
    defaults: z
      .unknown()
      .optional()
      .openapi({ type: ['object', 'null'], description: 'What all of them have.' }),
    prune: z.boolean().optional().openapi({ description: 'Those that it has not are deleted.' }),
    ...writing,
  })
  .openapi('SchedulesDocument');

const applied = z
  .strictObject({
    dry_run: z.boolean(),
    schedules: z.array(
      z.strictObject({
        schedule: is.text,
        did: z.enum(['created', 'edited', 'deleted', 'unchanged', 'kept', 'failed']),
        changed: z.array(is.text).openapi({ description: 'Names of the fields that differ.' }),
        wanted: z.enum(['create', 'edit', 'delete']).nullable(),
        problem: oneFailure.nullable(),
      }),
    ),
    warnings: z.array(z.strictObject({ at: is.text, code: is.text, says: is.text })),
    failed: is.count,
  })
  .openapi('SchedulesApplied');

const exportQuery = z.strictObject({
  names: z
    .string()
    .max(7_000)
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(is.name).min(1).max(100))
    .optional()
    .openapi({ type: 'string', description: 'With commas between; without it all of them.' }),
});
const exported = z.strictObject({ schedules: z.array(is.facts) }).openapi('SchedulesExported');
const about = { method: 'get', scope: 'read', tag: 'Schedules', query: exportQuery } as const;

/** All schedules as one document that is kept elsewhere. */
export function documentOfSchedulesRoutes(deps: RouteDeps): Route[] {
  const { scheduler } = deps;
  return [
    route({
      ...{ ...about, path: '/api/schedules.json', answer: exported },
      summary: 'The document that POST /api/schedules/apply takes',
      codes: ['no-such-schedule'],
      handle: ({ query: { names } }) =>
        scheduler.use(async ({ schedules }) => ({
          schedules: inOrder(await linesOf(schedules, names)).map(exportedJson),
        })),
    }),
    route({
      ...{ ...about, path: '/api/schedules.yaml', answer: exported, media: 'application/yaml' },
      summary: 'The file that `schedule apply` reads',
      codes: ['no-such-schedule'],
      handle: ({ query: { names } }) =>
        scheduler.use(
          async ({ schedules }) =>
            new Response(schedulesText(await linesOf(schedules, names)), {
              headers: { 'content-type': 'application/yaml' },
            }),
        ),
    }),
    route({
      ...{ method: 'post', path: '/api/schedules/apply', scope: 'admin', tag: 'Schedules' },
      ...{ body, answer: applied },
      summary: 'Make the schedules be as a document has them; what is so already is left alone',
      codes: ['bad-definition', 'no-daemon'],
      handle: ({ body: asked, caller }) => apply(deps, asked, noteOf(caller, asked.note)),
    }),
  ];
}

async function linesOf(schedules: SchedulesClient, names: readonly string[] | undefined) {
  if (names === undefined) return allSchedules(schedules);
  return inBatches(names, (name): Promise<ScheduleLine> => schedules.line(name, 0));
}

async function apply(
  { scheduler, around }: RouteDeps,
  { schedules: written, defaults, prune = false, dry_run: dryRun = false }: z.output<typeof body>,
  note: ReturnType<typeof noteOf>,
): Promise<object> {
  const { wanted, problems, warnings } = await schedulesFromJson(
    { schedules: written, defaults },
    await around(),
  );
  refuse(problems);
  const done = await scheduler.use(async ({ schedules }) => {
    let over: FileProblem[] = [];
    const agree = (plan: readonly Applied[]) => {
      over = overProblems(wanted, plan);
      return over.length === 0;
    };
    const became = await schedules.apply(wanted, { dryRun, prune, agree }, note);
    refuse(over);
    return became;
  });
  return {
    dry_run: dryRun,
    schedules: done.map(appliedJson),
    warnings: warnings
      .slice(0, MOST_WRONG)
      .flatMap(({ line, warning }) =>
        warningsJson([warning]).map((told) => ({ at: `body.${placeOf(line)}`, ...told })),
      ),
    failed: done.filter(({ did }) => did === 'failed').length,
  };
}

/** @throws RefusedError `bad-definition` where there are any */
function refuse(problems: readonly FileProblem[]): void {
  if (problems.length === 0) return;
  throw new RefusedError({ code: 'bad-definition', wrong: problems.slice(0, MOST_WRONG).map(wrongOf) });
}

function wrongOf(problem: FileProblem): WrongField {
  const place = `body.${placeOf(problem.line)}`;
  if (problem.code === 'definition') return wrongField(problem.problem, place);
  return {
    at: place,
    says: sayFileProblemAt(problem, (line) => `in ${placeOf(line)}`),
    code: problem.code,
    allowed: 'known' in problem ? [...problem.known] : null,
    nearest: 'nearest' in problem ? (problem.nearest ?? null) : null,
  };
}

function appliedJson(done: Applied): Record<string, unknown> {
  return {
    ...{ schedule: done.schedule, did: done.did, changed: done.did === 'edited' ? done.changed : [] },
    ...(done.did === 'failed'
      ? { wanted: done.wanted, problem: oneFailureJson(done.failure) }
      : { wanted: null, problem: null }),
  };
}
