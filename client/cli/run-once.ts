import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { processName } from '../../activities/in-force.ts';
import type { PassReport } from '../../domain/pass.ts';
import { ensureTemporal, type TemporalPorts } from '../../embedded/ensure-temporal.ts';
import { enter } from '../../embedded/presence.ts';
import { findGoose } from '../../embedded/tool-cache.ts';
import { createLogger, installRuntime } from '../../workers/logging.ts';
import { startWorkers, type Workers } from '../../workers/workers.ts';
import { connectScheduler } from '../connect.ts';
import type { SchedulerClient } from '../scheduler-client.ts';
import type { Context } from './context.ts';
import { dryRun } from './dry-run.ts';
import { print, printJson, say } from './print.ts';
import { passJson, passText } from './show-pass.ts';
import { stopAsked } from './stopping.ts';

/** How long a worker that serves the scheduler may take to take the request. */
const ACCEPT_MS = 3_000;
const LOOK_MS = 250;

export interface OnceOptions {
  json: boolean;
  wait: boolean;
  /** Flags that were given; a live daemon has its own configuration, so they are said to be ignored. */
  flags: string[];
  /** Where a Temporal server is looked for, and where ours goes. */
  ports?: TemporalPorts;
}

/**
 * One pass. Where a worker polls, it is asked and this process returns after the pass; where none does,
 * this process is the worker until what the pass started has ended. Returns the exit code.
 */
export async function runOnce(context: Context, options: OnceOptions): Promise<number> {
  const { loaded } = context;
  if (loaded.config.dryRun) return show(await dryRun(context), options, true);

  const presence = await enter(loaded.config.stateDir, 'once', say);
  try {
    return await onePass(context, options);
  } finally {
    await presence.leave();
  }
}

async function onePass(context: Context, options: OnceOptions): Promise<number> {
  const { loaded } = context;
  const { settings: temporal } = await ensureTemporal({ loaded, onProgress: say, ports: options.ports });
  const scheduler = await connectScheduler({ temporal, config: loaded.config });
  let workers: Workers | undefined;
  try {
    const pass = { id: randomUUID(), once: true };
    let report = await scheduler.pass({ ...pass, acceptMs: ACCEPT_MS });
    if (report === undefined) {
      workers = await becomeWorker(context, temporal);
      report = await scheduler.pass({ ...pass, acceptMs: 10 * ACCEPT_MS });
      if (report === undefined) throw new Error('the scheduler did not take the pass within 30 s');
    }
    const code = show(report, options, false);
    if (report.by !== processName() && options.flags.length > 0) {
      say(`${report.by} schedules with its own configuration; ignored: ${options.flags.join(' ')}`);
    }
    if (workers !== undefined || options.wait) await untilEnded(scheduler, report, workers);
    return code;
  } finally {
    await workers?.stop();
    await scheduler.close();
  }
}

function show(report: PassReport, { json }: OnceOptions, dry: boolean): number {
  if (json) printJson(passJson(report, { dryRun: dry }));
  else print(passText(report, { dryRun: dry }));
  return report.figures.errors === 0 ? 0 : 1;
}

async function becomeWorker(
  { loaded }: Context,
  temporal: Awaited<ReturnType<typeof ensureTemporal>>['settings'],
): Promise<Workers> {
  const { config, environment } = loaded;
  // The answer is the report; of the log only what is wrong is of interest here.
  const level = config.logLevel === 'INFO' ? 'WARNING' : config.logLevel;
  const goose = await findGoose({ env: environment, gooseBin: config.gooseBin, onProgress: say });
  installRuntime(createLogger(level), level);
  return startWorkers({ role: 'once', loaded, temporal, gooseBin: goose.path });
}

/** Until every run that the pass started has ended or is parked; Ctrl-C ends the waiting, and our agents with it. */
async function untilEnded(scheduler: SchedulerClient, report: PassReport, workers?: Workers): Promise<void> {
  const left = new Set(report.started.map(({ taskId }) => taskId));
  if (left.size > 0)
    say(`waiting for ${left.size === 1 ? 'the task' : `${left.size} tasks`} that it started`);
  let stopped = false;
  const asked = stopAsked().then(() => {
    stopped = true;
  });
  while (!stopped && (left.size > 0 || workers?.busy() === true)) {
    for (const taskId of left) if (await scheduler.runEnded(taskId)) left.delete(taskId);
    await Promise.race([sleep(LOOK_MS), asked]);
  }
}
