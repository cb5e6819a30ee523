import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import type { Attempt } from '../contract/attempts.ts';
import type { Note } from '../contract/by-hand.ts';
import type { CheckAsked } from '../contract/check.ts';
import type { Recent } from '../contract/headline.ts';
import type { PastAsked } from '../contract/history.ts';
import type {
  LogAsked,
  LogSearch,
  Look,
  PassFilter,
  RunFilter,
  TaskFilter,
  TaskTold,
} from '../contract/listings.ts';
import {
  pause,
  pauseAll,
  resume,
  resumeAll,
  runNow,
  startAgents,
  startAllAgents,
} from '../contract/messages.ts';
import type { ReportAsked } from '../contract/report.ts';
import type { Cancelled, Retried, TaskDone } from '../contract/status.ts';
import type { Change } from '../domain/forecast/change.ts';
import { connectOurs } from '../temporal/connect.ts';
import { KeptHistories } from '../temporal/kept-histories.ts';
import { KnownEnded } from '../temporal/known-ended.ts';
import { pastPasses } from '../temporal/past-passes.ts';
import { RunsSeen } from '../temporal/runs-seen.ts';
import { signalScheduler } from '../temporal/scheduler.ts';
import { connectTinyTask, type TinyTask } from '../tinytask/client.ts';
import { schedulerError } from '../words/errors.ts';
import { addTask } from './add-task.ts';
import { readAgents } from './agents.ts';
import { askForPass, type PassAsked } from './ask-for-pass.ts';
import { attemptNow, attemptsAt } from './attempts.ts';
import { type CancelDeps, cancelTask } from './cancel.ts';
import { check, latePassMs } from './check.ts';
import { parkedTasks, runsOfSelection } from './chosen-runs.ts';
import { eachTask } from './each-task.ts';
import { readEndedRuns, readPast } from './ended-runs.ts';
import { coded } from './errors.ts';
import { explainTask } from './explain.ts';
import { explainBacklog } from './explain-backlog.ts';
import { readForecast } from './forecast.ts';
import { headlineOf } from './headline/headline.ts';
import { NotStartedYet } from './headline/not-started.ts';
import { readRecent } from './headline/recent.ts';
import { SeenSince } from './headline/seen-since.ts';
import { readLogPiece } from './log-piece.ts';
import { searchLog } from './log-search.ts';
import { readLook } from './look.ts';
import { readOpenTasks } from './open-tasks.ts';
import { outcomeOf } from './outcome.ts';
import { readPools } from './pools.ts';
import { removeTask } from './remove-task.ts';
import { readReport } from './report.ts';
import { retryTask } from './retry.ts';
import { readRunning } from './running.ts';
import type { NewTaskInput, Parked, SchedulerClient, Selection } from './scheduler-client.ts';
import { schedulesOf } from './schedules-connected.ts';
import type { SnapshotDeps } from './snapshot.ts';
import { readStatus } from './status.ts';
import { stopAgents } from './stop-agents.ts';
import { type Both, tellSelection } from './tell-selection.ts';
import { limitAgent, type TellDeps } from './tell-semaphore.ts';
import { readWhatIf } from './what-if.ts';

/**
 * Connects to the scheduler. TinyTask is only asked when something needs it.
 * @throws what connectOurs does
 */
export const connectScheduler = coded(connect);

async function connect(options: { temporal: TemporalSettings; config: Config }): Promise<SchedulerClient> {
  const { temporal, config } = options;
  const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint });
  const client = await connectOurs({ temporal, config, tinytask }).catch(async (error) => {
    await tinytask.close();
    throw error;
  });
  const deps = {
    client,
    tinytask,
    config,
    histories: KeptHistories.of(client),
    ended: KnownEnded.of(client),
    runsSeen: new RunsSeen(),
  };

  const switching = (...messages: Both) =>
    coded((what: Selection = {}, note?: Note) => tellSelection(deps, what, messages, note));

  return {
    status: coded(() => readStatus(deps)),
    check: coded((asked: CheckAsked = {}) => check(deps, asked)),
    look: coded(() => readLook(deps)),
    ...glances(deps),
    task: coded((taskId: number) => readTask(tinytask, taskId)),
    log: coded((taskId: number, asked: LogAsked) => readLogPiece(deps, taskId, asked)),
    searchLog: coded((taskId: number, asked: LogSearch) => searchLog(deps, taskId, asked)),
    tasks: coded(() => tinytask.list()),
    tasksWithTag: coded((tag: string) => tinytask.withTag(tag, { includeArchived: true })),
    pools: coded(() => readPools(deps)),
    agents: coded(() => readAgents(deps)),
    openTasks: coded((filter: TaskFilter = {}) => readOpenTasks(deps, filter)),
    endedRuns: coded((filter: RunFilter) => readEndedRuns(deps, filter)),
    pastRuns: coded((asked: PastAsked) => readPast(deps, asked)),
    pastPasses: coded((filter: PassFilter) => pastPasses(client, filter)),
    attempts: coded((taskId: number) => attemptsAt(deps, taskId)),
    attemptNow: coded((attempt: Attempt) => attemptNow(client, attempt)),
    pause: switching(pauseAll, pause),
    resume: switching(resumeAll, resume),
    stopAgents: coded((what: Selection = {}, note?: Note) => stopAgents(deps, what, note)),
    startAgents: switching(startAllAgents, startAgents),
    setLimit: coded((agent: string, slots: number | null, note?: Note) =>
      limitAgent(deps, { agent, slots, note }),
    ),
    runNow: coded((taskId?: number) => runTaskNow(deps, taskId)),
    ...manyTasks(deps),
    add: coded((task: NewTaskInput) => addTask(tinytask, task)),
    pass: coded((asked: PassAsked) => askForPass(client, asked)),
    outcomeOf: coded((taskId: number, runId?: string) => outcomeOf(client, taskId, runId)),
    explain: coded((taskId: number) => explainTask(deps, taskId)),
    report: coded((asked: ReportAsked) => readReport(deps, asked)),
    explainAll: coded(() => explainBacklog(deps)),
    forecast: coded((taskId?: number) => readForecast(deps, taskId)),
    whatIf: coded((changes: Change[]) => readWhatIf(deps, changes)),
    schedules: schedulesOf(client),
    async close() {
      await tinytask.close();
      await client.connection.close();
    },
  };
}

/** What is read with one look, for who wants to see quickly. */
function glances(deps: SnapshotDeps & { client: Client; ended: KnownEnded }) {
  const notStarted = new NotStartedYet();
  const seenSince = new SeenSince();
  const recent = () => readRecent(deps.client, deps.ended);
  return {
    recent: coded(recent),
    headline: coded(async (seen?: Look, known?: Recent | null) => {
      const look = seen ?? (await readLook(deps));
      const { loopIntervalMs } = deps.config;
      return headlineOf({
        look,
        recent: known === undefined ? await recent() : known,
        lateMs: latePassMs(loopIntervalMs),
        notStarted: notStarted.after(look),
        seen: seenSince,
      });
    }),
    running: coded(async (seen?: Look) => readRunning(deps.config, seen ?? (await readLook(deps)))),
  };
}

/** What is done with tasks that are parked or have a run, one by one and many at once. */
function manyTasks(deps: TellDeps & CancelDeps & { tinytask: TinyTask }) {
  const retry = (taskId: number, note?: Note) => retryTask(deps, taskId, note);
  const cancel = (taskId: number, note?: Note) => cancelTask(deps, taskId, note);
  return {
    retry: coded(retry),
    cancel: coded(cancel),
    remove: coded((taskId: number, note?: Note) => removeTask(deps, taskId, note)),
    parked: coded((which: Parked = {}) => parkedTasks(deps, which)),
    cancellable: coded(async (what: Selection = {}) => {
      const runs = await runsOfSelection(deps, what);
      return runs.flatMap(({ taskId, phase }) => (phase === 'parked' ? [] : [taskId])).sort((a, b) => a - b);
    }),
    retryEach: coded((ids: number[], note?: Note, tell?: (done: TaskDone<Retried>) => void) =>
      eachTask(ids, (id) => retry(id, note), tell),
    ),
    cancelEach: coded((ids: number[], note?: Note, tell?: (done: TaskDone<Cancelled>) => void) =>
      eachTask(ids, (id) => cancel(id, note), tell),
    ),
  };
}

async function readTask(tinytask: TinyTask, taskId: number): Promise<TaskTold> {
  const task = await tinytask.get(taskId);
  if (task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
  return task;
}

async function runTaskNow(
  { client, tinytask }: { client: Client; tinytask: TinyTask },
  taskId: number | undefined,
): Promise<void> {
  if (taskId !== undefined) {
    const task = await tinytask.get(taskId);
    if (task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
    const { status } = task;
    if (status === 'complete') throw schedulerError({ code: 'nothing-to-run', taskId, status });
  }
  await signalScheduler(client, runNow, [taskId]);
}
