import { hostname } from 'node:os';
import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import { attemptId, attemptLogName } from '../domain/ids.ts';
import type { Stop } from '../domain/judge.ts';
import type { AttemptResult } from '../domain/run.ts';
import type { TaskRef } from '../domain/task.ts';
import type { Verdict } from '../domain/verdict.ts';
import { extensionNameOf, gooseCommand, gooseEnvironment } from '../goose/command-line.ts';
import { preflight } from '../goose/preflight.ts';
import { identify, readBootId } from '../goose/process-table.ts';
import { type GooseRunResult, runGoose } from '../goose/run.ts';
import { deleteRunRecord, newRunToken, type RunRecord, writeRunRecord } from '../goose/run-record.ts';
import { sweep } from '../goose/sweep.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { mcpUrl } from '../tinytask/endpoint.ts';
import { claim, isPaused } from './claim.ts';
import { watchTask } from './watch-task.ts';

export interface GooseInput {
  task: TaskRef;
  agent: string;
  /** Another agent that the task may be assigned to: the one of the pool that we had given it to before. */
  takesOverFrom: string | null;
  queue: string | null;
  number: number;
  /** The run that the slot was granted to. A reset run finds another one here than itself. */
  grantedTo: string;
  fence: number;
  maxRuntimeMs: number;
  killGraceMs: number;
}

export interface GooseActivities {
  /** One attempt at a task on this host. Resolves when nothing of it is alive any more. */
  runGoose(input: GooseInput): Promise<AttemptResult>;
}

export interface GooseDeps {
  client: Client;
  tinytask: TinyTask;
  config: Config;
  /** Process environment and env file: what goose inherits. */
  environment: Record<string, string | undefined>;
  /** Path of the goose binary, or a name to look for on PATH. */
  gooseBin: string;
  loadAgents: () => Promise<AgentRegistry>;
  /** Gets the tasks whose goose was stopped because this worker shuts down. */
  interrupted: Set<number>;
}

export function gooseActivities(deps: GooseDeps): GooseActivities {
  return {
    async runGoose(input) {
      const beat = setInterval(() => heartbeat(), Math.min(deps.config.heartbeatMs, LONGEST_BEAT_MS));
      try {
        return await attempt(deps, input);
      } finally {
        clearInterval(beat);
      }
    },
  };
}

/** The answer to a heartbeat brings a cancellation, and who cancels a run wants its goose stopped now. */
const LONGEST_BEAT_MS = 2_000;
const NOTHING = { claimed: false, log: null, host: hostname(), seconds: 0, turns: 0, tokens: null };

async function attempt(deps: GooseDeps, input: GooseInput): Promise<AttemptResult> {
  const { client, tinytask, config } = deps;
  const { workflowExecution, taskToken } = activityInfo();
  if (workflowExecution === undefined) throw new Error('a goose run needs a workflow');
  const { runId } = workflowExecution;
  if (input.grantedTo !== runId)
    return { ...NOTHING, noAttempt: 'slot-lost', verdict: notStarted('the slot was another run’s') };
  // Nothing is started on behalf of a server that no longer knows this activity.
  await client.activity.heartbeat(taskToken);

  const token = newRunToken();
  const env = gooseEnvironment(deps.environment, token);
  const seen = await tinytask.get(input.task.id).catch((error: Error) => error);
  if (seen instanceof Error)
    return { ...NOTHING, verdict: { kind: 'model-unavailable', reason: seen.message } };
  const workingDir = await workingDirOf(deps, input.agent);
  const ready = await preflight({
    gooseBin: deps.gooseBin,
    env,
    workingDir,
    logDir: config.logDir,
    runningDir: config.runningDir,
    recipesDir: config.recipesDir,
    agent: input.agent,
    tags: seen?.tags ?? [],
    tinytaskMcpUrl: mcpUrl(config.mcpEndpoint).href,
  });
  if (!ready.ok) return { ...NOTHING, verdict: ready.verdict };

  const host = { host: hostname(), bootId: await readBootId() };
  await sweep({
    ...host,
    runningDir: config.runningDir,
    now: Date.now(),
    graceMs: input.killGraceMs,
    isOrphan: (record) => record.taskId === input.task.id,
  });
  const record = await runRecord(input, token, host, runId, workflowExecution.workflowId, taskToken);
  await writeRunRecord(config.runningDir, record);
  const result = await claimAndRun(deps, input, ready, { record, env, workingDir });
  // Not in a `finally`: a run whose processes could not be ended keeps its record, for the next sweep.
  await deleteRunRecord(config.runningDir, token);
  return result;
}

async function claimAndRun(
  deps: GooseDeps,
  input: GooseInput,
  ready: Ready,
  place: Place,
): Promise<AttemptResult> {
  if (await isPaused(deps.client, input.agent)) {
    return { ...NOTHING, noAttempt: 'paused', verdict: notStarted('paused') };
  }
  const claimed = await claim(deps.tinytask, input.task, input.agent, input.takesOverFrom);
  if ('verdict' in claimed) return { ...NOTHING, ...claimed };
  const ran = await run(deps, input, ready, place);
  if (ran.facts.stopped?.why === 'shutdown') deps.interrupted.add(input.task.id);
  return report(ran);
}

type Ready = Extract<Awaited<ReturnType<typeof preflight>>, { ok: true }>;
interface Place {
  record: RunRecord;
  env: Record<string, string>;
  workingDir: string;
}

async function run(
  deps: GooseDeps,
  input: GooseInput,
  { gooseBin, recipe }: Ready,
  { record, env, workingDir }: Place,
): Promise<GooseRunResult> {
  const { config, tinytask } = deps;
  const url = mcpUrl(config.mcpEndpoint).href;
  const ownName = recipe.tinytaskExtension ?? extensionNameOf(url);
  const brings = recipe.tinytaskExtension !== undefined || !config.tinytaskExtension;
  const stopping = new AbortController();
  const stop = (why: Stop) => stopping.abort(why);
  // Held here: whoever aborts the signal calls the listener outside of the activity's context.
  const context = Context.current();
  const { cancellationSignal } = context;
  const cancelled = () => stop(whyCancelled(context));
  cancellationSignal.addEventListener('abort', cancelled, { once: true });
  if (cancellationSignal.aborted) cancelled();
  const watching = watchTask(tinytask, input.task, input.agent, config.completeGraceMs, stop);
  try {
    return await runGoose(
      {
        command: gooseCommand({
          bin: gooseBin,
          recipePath: recipe.path,
          taskId: input.task.id,
          agent: input.agent,
          queue: input.queue,
          attempt: input.number,
          basePath: config.basePath,
          ...(brings ? {} : { tinytaskMcpUrl: url }),
        }),
        env,
        cwd: workingDir,
        token: record.token,
        log: {
          dir: config.logDir,
          name: attemptLogName(input.task.id, record.runId, input.number),
          maxBytes: config.logMaxBytes,
        },
        maxRuntimeMs: input.maxRuntimeMs,
        stallMs: config.stallMs,
        graceMs: input.killGraceMs,
        ownExtension: { name: ownName, url },
      },
      {
        signal: stopping.signal,
        onStarted: (goose) => writeRunRecord(config.runningDir, { ...record, goose }),
      },
    );
  } finally {
    watching.stop();
    cancellationSignal.removeEventListener('abort', cancelled);
  }
}

function report(ran: GooseRunResult): AttemptResult {
  const why = ran.facts.stopped?.why;
  const cancelledBy = why === 'shutdown' ? 'shutdown' : why === 'cancelled' ? 'person' : undefined;
  return {
    verdict: ran.verdict,
    claimed: true,
    ...(cancelledBy === undefined ? {} : { cancelledBy }),
    log: ran.logProblem === undefined ? ran.logName : `${ran.logName} (${ran.logProblem})`,
    host: hostname(),
    seconds: Math.round((ran.endedAt - ran.startedAt) / 100) / 10,
    turns: ran.turns,
    tokens: ran.tokens?.total ?? null,
  };
}

/** Why the server or the worker wants the activity to end. */
function whyCancelled({ cancellationDetails: details }: Context): Stop {
  if (details?.workerShutdown) return { why: 'shutdown', detail: 'the worker was shut down' };
  if (details?.notFound || details?.timedOut || details?.reset) {
    return { why: 'lease-lost', detail: 'the server gave the run up' };
  }
  return { why: 'cancelled', detail: 'cancelled by hand' };
}

function notStarted(reason: string): Verdict {
  return { kind: 'cancelled', reason: `not started: ${reason}` };
}

async function workingDirOf(deps: GooseDeps, name: string): Promise<string> {
  const { agents } = await deps.loadAgents();
  return agents.find((agent) => agent.name === name)?.workingDir ?? deps.config.workingDir;
}

async function runRecord(
  input: GooseInput,
  token: string,
  host: { host: string; bootId: string },
  runId: string,
  workflowId: string,
  taskToken: Uint8Array,
): Promise<RunRecord> {
  const startedAt = Date.now();
  return {
    token,
    taskId: input.task.id,
    agent: input.agent,
    attemptId: attemptId(runId, input.number),
    workflowId,
    runId,
    activityTaskToken: Buffer.from(taskToken).toString('base64'),
    ...host,
    worker: await identify(),
    startedAt,
    deadlineAt: startedAt + input.maxRuntimeMs + input.killGraceMs,
  };
}
