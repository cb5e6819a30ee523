import { randomUUID } from 'node:crypto';
import { isWell, type TaskOutcome } from '../../../contract/status.ts';
import { enter } from '../../../embedded/presence/presence.ts';
import { ensureTemporal, type TemporalPorts } from '../../../embedded/servers/ensure-temporal.ts';
import { findGoose } from '../../../embedded/tools/tool-cache.mjs';
import { processName } from '../../../os/process-name.ts';
import { sayTaskOutcome } from '../../../words/task-outcome.ts';
import { tidyOnce } from '../../../workers/keep-logs-tidy.ts';
import { installRuntime, openLog } from '../../../workers/logging.ts';
import { startWorkers, type Workers } from '../../../workers/workers.ts';
import { connectScheduler } from '../../connect.ts';
import { outcomeJson } from '../../json/outcome.ts';
import { passJson } from '../../json/pass.ts';
import type { Context } from '../call/context.ts';
import { print, printJson, printLines, say } from '../show/print.ts';
import { passText } from '../show/show-pass.ts';
import { awaitOutcomes } from './await-outcomes.ts';
import { dryRun } from './dry-run.ts';

/** How long a worker that serves the scheduler may take to take the request. */
const ACCEPT_MS = 3_000;

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
  if (loaded.config.dryRun) {
    const report = await dryRun(context);
    if (options.json) printJson(passJson(report, { dryRun: true }));
    else printLines(passText(report, { dryRun: true }));
    return report.figures.errors === 0 ? 0 : 1;
  }

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
    if (!options.json) printLines(passText(report));
    if (report.by !== processName() && options.flags.length > 0) {
      say(`${report.by} schedules with its own configuration; ignored: ${options.flags.join(' ')}`);
    }
    const waits = workers !== undefined || options.wait;
    const tell = (outcome: TaskOutcome) => (options.json ? undefined : print(sayTaskOutcome(outcome)));
    const outcomes = waits ? await awaitOutcomes(scheduler, report.started, workers, tell) : null;
    if (options.json) printJson({ ...passJson(report), outcomes: outcomes?.map(outcomeJson) ?? null });
    if (!waits && report.started.length > 0) {
      say('how the tasks that it started end is not waited for; --wait does, and `status` shows them');
    }
    // Where passes come from cron, nobody else writes logs.
    const problem = workers && (await tidyOnce(workers.client, loaded.config));
    if (problem !== undefined) say(problem);
    return report.figures.errors === 0 && (outcomes ?? []).every(isWell) ? 0 : 1;
  } finally {
    await workers?.stop();
    await scheduler.close();
  }
}

async function becomeWorker(
  { loaded }: Context,
  temporal: Awaited<ReturnType<typeof ensureTemporal>>['settings'],
): Promise<Workers> {
  const { config, environment } = loaded;
  // The answer is the report; of the log only what is wrong is shown beside it.
  const level = config.logLevel === 'INFO' ? 'WARNING' : config.logLevel;
  const goose = await findGoose({ env: environment, gooseBin: config.gooseBin, onProgress: say });
  const log = openLog(config, level);
  installRuntime(log, level);
  const workers = await startWorkers({
    ...{ role: 'once', loaded, temporal, gooseBin: goose.path },
    tell: log.tell,
  });
  log.tell({
    ...{ what: 'serving', role: 'once', by: processName() },
    ...{ temporal: temporal.address, tinytask: config.mcpEndpoint, goose: goose.path },
  });
  void workers.finished.then(
    () => log.tell({ what: 'stopped' }),
    () => undefined,
  );
  return workers;
}
