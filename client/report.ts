import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { type Failure, hasCode } from '../contract/errors.ts';
import type { Report, ReportAsked, ReportProblem } from '../contract/report.ts';
import type { Status } from '../contract/status.ts';
import type { Task } from '../domain/task.ts';
import { listensAt } from '../embedded/servers/reachable.ts';
import { connectOurs } from '../temporal/connect.ts';
import { endedRuns, historiesOf, keptForMs } from '../temporal/ended-runs.ts';
import type { RunsSeen } from '../temporal/runs-seen.ts';
import { checkTinytask } from '../temporal/serves.ts';
import { connectTinyTask, type TinyTask } from '../tinytask/client.ts';
import { schedulerError } from '../words/errors.ts';
import { asSchedulerError, coded } from './errors.ts';
import { type EndedFacts, endedWork } from './report/ended.ts';
import { knownOfTasks, scheduledOf } from './report/scheduled.ts';
import { isAskedFor, workloadOf } from './report/workload.ts';
import { readSnapshot } from './snapshot.ts';
import { statusOf } from './status.ts';

export interface ReportDeps {
  /** Or why there is none: then the report is about what TinyTask knows. */
  client: Client | Failure;
  tinytask: Pick<TinyTask, 'listOpen' | 'list' | 'kind' | 'speaks'>;
  config: Config;
  runsSeen?: RunsSeen;
}

/** Ended runs that are counted, and those of them whose histories are read. */
const MOST_LISTED = 10_000;
const MOST_READ = 1_000;

/**
 * The workload, as TinyTask and Temporal have it now. Without Temporal it is what TinyTask knows, and says so; a TinyTask that
 * does not answer is an error.
 */
export async function readReport(deps: ReportDeps, asked: ReportAsked): Promise<Report> {
  const [{ open, status, problems }, complete, ended] = await Promise.all([
    readOpen(deps),
    asked.statuses.includes('complete') ? deps.tinytask.list({ status: ['complete'] }) : [],
    readEnded(deps, asked),
  ]);
  const atMs = Date.now();
  const tasks = [...open, ...complete].filter((task) => isAskedFor(task, asked));
  const workload = workloadOf(tasks, status === null ? new Map() : knownOfTasks(status), atMs);
  const about = { atMs, asked, ...workload };
  // What keeps the rest from being known is among the problems already.
  if (status === null) return { ...about, scheduler: null, ended: null, problems };
  const scheduler = scheduledOf(status, open, workload.tasks);
  const { sinceMs } = asked;
  if (ended === undefined || sinceMs === undefined) return { ...about, scheduler, ended: null, problems };
  if ('what' in ended) return { ...about, scheduler, ended: null, problems: [...problems, ended] };
  return { ...about, scheduler, ended: endedWork(ended, { ...asked, sinceMs }, atMs), problems };
}

interface OpenTasks {
  open: readonly Task[];
  status: Status | null;
  problems: ReportProblem[];
}

async function readOpen({ client, config, runsSeen, ...deps }: ReportDeps): Promise<OpenTasks> {
  const tinytask = withDescriptions(deps.tinytask);
  const alone = async (failure: Failure): Promise<OpenTasks> => ({
    ...{ open: await tinytask.listOpen(), status: null },
    problems: [{ what: 'alone', failure }],
  });
  if ('code' in client) return alone(client);
  try {
    const snapshot = await readSnapshot({ client, tinytask, config, ...(runsSeen && { runsSeen }) });
    const down = snapshot.problems.find((problem) => problem.what === 'failed');
    if (snapshot.planned === undefined && down !== undefined) throw schedulerError(down.failure);
    const status = statusOf(snapshot, config.heartbeatTimeoutMs);
    return { open: snapshot.tasks, status, problems: status.problems };
  } catch (error) {
    return alone(withoutTemporal(error));
  }
}

/** Who only plans has no use for them, so the usual list may come without. */
function withDescriptions(tinytask: ReportDeps['tinytask']): Pick<TinyTask, 'listOpen' | 'kind' | 'speaks'> {
  return {
    listOpen: () => tinytask.listOpen({ descriptions: true }),
    kind: () => tinytask.kind(),
    get speaks() {
      return tinytask.speaks;
    },
  };
}

/** What keeps a report from what Temporal knows. Any other error is thrown again. */
function withoutTemporal(error: unknown): Failure {
  const told = asSchedulerError(error);
  if (hasCode(told, 'temporal-unreachable', 'temporal-stuck', 'temporal-failed', 'another-scheduler'))
    return told.failure;
  throw error;
}

type Unknown = Extract<ReportProblem, { what: 'ended-unknown' }>;

/** Undefined where nobody asks for it, or what keeps it from being known is told already. */
async function readEnded(
  { client }: ReportDeps,
  { sinceMs }: ReportAsked,
): Promise<EndedFacts | Unknown | undefined> {
  if (sinceMs === undefined || 'code' in client) return undefined;
  try {
    const [kept, listed] = await Promise.all([
      keptForMs(client),
      endedRuns(client, { sinceMs, most: MOST_LISTED, continued: true }),
    ]);
    const told = await historiesOf(client, listed.runs.slice(0, MOST_READ));
    return { keptForMs: kept, ...listed, told };
  } catch (error) {
    return { what: 'ended-unknown', failure: withoutTemporal(error) };
  }
}

/** The report of a place, whether its Temporal server can be reached or not. @throws what readReport and checkTinytask do */
export const reportOf = coded(
  async (place: { temporal: TemporalSettings; config: Config }, asked: ReportAsked): Promise<Report> => {
    const { config } = place;
    const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint });
    try {
      const client = await reach({ ...place, tinytask });
      try {
        return await readReport({ client, tinytask, config }, asked);
      } finally {
        if (!('code' in client)) await client.connection.close();
      }
    } finally {
      await tinytask.close();
    }
  },
);

async function reach(place: Parameters<typeof connectOurs>[0]): Promise<Client | Failure> {
  const { address, explicitlyConfigured: named } = place.temporal;
  try {
    if (named || (await listensAt(address))) return await connectOurs(place);
  } catch (error) {
    const failure = withoutTemporal(error);
    await checkTinytask(place);
    return failure;
  }
  await checkTinytask(place);
  return { code: 'temporal-unreachable', address, named, text: 'nothing listens there' };
}
