import { dirname } from 'node:path';
import { calledAs } from '../../config/called-as.ts';
import type { LoadedConfig } from '../../config/config.ts';
import { needsStarter } from '../../config/starter.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import { missingProvider } from '../../goose/program/provider.ts';
import { userEnvironment } from '../../goose/start/command-line.ts';
import { within } from '../../os/within.ts';
import { connectTinyTask } from '../../tinytask/client.ts';
import { markIfNew, seedSampleTasks } from '../model/sample-tasks.ts';
import { type ScriptedModel, startScriptedModel } from '../model/scripted-model.ts';
import type { Presence } from '../presence/presence.ts';
import { type Uses, updateEmbeddedState } from '../presence/state-file.ts';
import { type EnsuredTemporal, ensureTemporal, TEMPORAL_PORTS } from '../servers/ensure-temporal.ts';
import { type EnsuredTinytask, ensureTinytask, TINYTASK_PORT } from '../servers/ensure-tinytask.ts';
import { findGoose } from '../tools/tool-cache.mjs';
import type { DaemonSurroundings } from './daemon.ts';
import { ceaseToSupervise, tellWhatIsUsed } from './one-supervisor.ts';
import { Pieces } from './pieces.ts';
import { Upkeep } from './upkeep.ts';

/** Where servers are looked for, and where ours go. 0: do not look, take a free port. */
export interface Ports {
  temporal: number;
  ui: number;
  tinytask: number;
}

export const PORTS: Ports = { ...TEMPORAL_PORTS, tinytask: TINYTASK_PORT };

export interface SupervisorOptions {
  loaded: LoadedConfig;
  /** Named by the user. */
  envFile?: string | undefined;
  ports?: Ports;
  /** This process's own, in the state directory of `loaded`. */
  presence: Presence;
  /** Lines for people: what is brought up, what died, what was started again. */
  say: (line: string) => void;
}

export interface Supervisor {
  /**
   * Brings up what is not there yet, and keeps it up. Resolves when the daemon's workers poll. Throws what to do if
   * something cannot be had, and StoppedError when it is stopped meanwhile; `stop` is to be called in either case.
   */
  bringUp(): Promise<BroughtUp>;
  /**
   * Agents first, then the servers that nobody else of ours uses; whatever happens, within 10 s, or within 5 s more than
   * the configured time between TERM and KILL of a goose.
   */
  stop(): Promise<void>;
  /**
   * KILL to everything that `stop` would end; whether it is gone within 2 s. Gooses are ended by their guardian, which
   * outlives the daemon for that.
   */
  kill(): Promise<boolean>;
}

/** What is up. */
export interface BroughtUp {
  uses: Uses;
  temporal: TemporalSettings;
}

const STOP_WITHIN_MS = 9_700;
/** To write tasks back, and to end the servers. */
const AFTER_GRACE_MS = 4_700;
const LEAST_LEAVE_MS = 500;
const KILL_WITHIN_MS = 2_000;

/** The supervisor of `npm start`. This process has to be the one of its state directory: see becomeSupervisor. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { loaded, envFile, ports = PORTS, presence, say } = options;
  const { config, environment } = loaded;
  const pieces = new Pieces();
  let model: ScriptedModel | undefined;
  let bringingUp: Promise<unknown> = Promise.resolve();

  async function bringUp(): Promise<BroughtUp> {
    // At the same time, since both may have to be fetched; and both to their end, so that nothing is left under way.
    const [foundGoose, broughtTemporal] = await Promise.allSettled([
      findGoose({ env: environment, gooseBin: config.gooseBin, onProgress: say }),
      bringUpTemporal(),
    ]);
    const goose = resultOf(foundGoose);
    const temporal = resultOf(broughtTemporal);
    pieces.goOn();
    const samples = needsStarter(loaded);
    // The TinyTask on the usual port is probably that of the other scheduler.
    const tinytaskPort = temporal.metAnother ? 0 : ports.tinytask;
    const tinytask = await bringUpTinytask(tinytaskPort, samples);
    pieces.goOn();
    // Somebody's own tasks are not for sample agents, nor for a model that only plays a script.
    const starter = samples && tinytask.ours !== null;
    if (starter) await seed(tinytask.endpoint);
    else if (samples) {
      say(`There are no agents yet; \`${calledAs()} validate-config --fix\` writes an agent control file.`);
    }
    const missing = await missingProvider(goose.path, userEnvironment(environment));
    if (missing !== undefined) await withoutModel(starter);
    pieces.goOn();
    const surroundings: DaemonSurroundings = {
      loaded,
      envFile,
      temporal: temporal.settings,
      tinytask: tinytask.endpoint,
      gooseBin: goose.path,
      starter,
      model,
    };
    const uses: Uses = {
      temporal: {
        address: temporal.settings.address,
        configured: temporal.settings.explicitlyConfigured,
        uiUrl: temporal.uiUrl,
      },
      tinytask: tinytask.endpoint,
      starter,
    };
    const upkeep = new Upkeep({ pieces, surroundings, uses, say });
    await upkeep.startDaemon();
    if (temporal.ours) upkeep.keepTemporal(temporal.ours);
    if (tinytask.ours) upkeep.keepTinytask(tinytask.ours);
    await tellWhatIsUsed(config.stateDir, uses);
    return { uses, temporal: temporal.settings };
  }

  async function bringUpTemporal(): Promise<EnsuredTemporal> {
    const temporal = await ensureTemporal({ loaded, ports, onProgress: say, signal: pieces.stopping });
    say(`Temporal  ${temporal.settings.address} (${temporal.how})`);
    return temporal;
  }

  async function bringUpTinytask(port: number, samplesWanted: boolean): Promise<EnsuredTinytask> {
    const tinytask = await ensureTinytask({
      loaded,
      port,
      onProgress: say,
      onStart: (piece) => pieces.track(piece, 'server'),
      async beforeOurs(databaseFile) {
        if (samplesWanted) await markIfNew(dirname(databaseFile), databaseFile);
      },
    });
    say(`TinyTask  ${tinytask.endpoint} (${tinytask.how})`);
    return tinytask;
  }

  async function seed(endpoint: string): Promise<void> {
    say('Agents    those of examples/starter, since there is no agent control file yet');
    const tinytask = connectTinyTask({ endpoint });
    try {
      const created = await seedSampleTasks(config.stateDir, tinytask);
      if (created > 0) say(`Tasks     ${created} samples, created this once, in the queues dev and qa`);
    } finally {
      await tinytask.close();
    }
  }

  async function withoutModel(samples: boolean): Promise<void> {
    if (!samples) {
      say('goose has no model: run `goose configure`, or set GOOSE_PROVIDER, and start again.');
      return;
    }
    model = await startScriptedModel({ port: 0 });
    await updateEmbeddedState(config.stateDir, { model: { url: model.url } });
    say('Model     none is configured, so a script answers in its place: real goose runs, made-up answers');
    say('          (for a real one run `goose configure`, or set GOOSE_PROVIDER, and start again)');
  }

  return {
    bringUp() {
      const result = bringUp();
      bringingUp = result.catch(() => undefined);
      return result;
    },
    async stop() {
      const untilMs = performance.now() + Math.max(STOP_WITHIN_MS, config.killGraceMs + AFTER_GRACE_MS);
      await pieces.stop(untilMs);
      await within(2_000, bringingUp);
      await pieces.stop(untilMs);
      await model?.close();
      await ceaseToSupervise(config.stateDir);
      await within(Math.max(LEAST_LEAVE_MS, untilMs - performance.now()), presence.leave());
    },
    async kill() {
      const all = pieces.kill().then(() => presence.leave(0));
      return (await within(KILL_WITHIN_MS, all)) !== 'late';
    },
  };
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
