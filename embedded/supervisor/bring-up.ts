import { dirname } from 'node:path';
import { calledAs } from '../../config/called-as.ts';
import type { LoadedConfig } from '../../config/config.ts';
import { needsStarter } from '../../config/starter.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import { missingProvider } from '../../goose/program/provider.ts';
import { userEnvironment } from '../../goose/start/command-line.ts';
import { connectTinyTask } from '../../tinytask/client.ts';
import { markIfNew, seedSampleTasks } from '../model/sample-tasks.ts';
import { type ScriptedModel, startScriptedModel } from '../model/scripted-model.ts';
import { type Uses, updateEmbeddedState } from '../presence/state-file.ts';
import { type EnsuredTemporal, ensureTemporal, TEMPORAL_PORTS } from '../servers/ensure-temporal.ts';
import { type EnsuredTinytask, ensureTinytask, TINYTASK_PORT } from '../servers/ensure-tinytask.ts';
import { findGoose } from '../tools/tool-cache.mjs';
import { tellWhatIsUsed } from './one-supervisor.ts';
import type { Pieces } from './pieces.ts';
import { Upkeep } from './upkeep.ts';

/** Where servers are looked for, and where ours go. 0: do not look, take a free port. */
export interface Ports {
  temporal: number;
  ui: number;
  tinytask: number;
}

const PORTS: Ports = { ...TEMPORAL_PORTS, tinytask: TINYTASK_PORT };

export interface BringUpOptions {
  loaded: LoadedConfig;
  /** Named by the user. */
  envFile?: string | undefined;
  ports?: Ports;
  /** Lines for people: what is brought up, what died, what was started again. */
  say: (line: string) => void;
}

/** What is up. */
export interface BroughtUp {
  uses: Uses;
  temporal: TemporalSettings;
}

/** Brings up, once, what is not there yet of all that tasks need to run, and has it kept up. */
export class BringUp {
  readonly #options: BringUpOptions;
  readonly #ports: Ports;
  readonly #pieces: Pieces;
  #model: ScriptedModel | undefined;

  constructor(options: BringUpOptions, pieces: Pieces) {
    this.#options = options;
    this.#ports = options.ports ?? PORTS;
    this.#pieces = pieces;
  }

  /** Resolves when the daemon's workers poll. Throws what to do if something cannot be had; StoppedError when it is stopped. */
  async run(): Promise<BroughtUp> {
    const { loaded } = this.#options;
    const { goose, temporal } = await this.#fetchAndConnect();
    this.#pieces.goOn();
    const samples = needsStarter(loaded);
    // The TinyTask on the usual port is probably that of the other scheduler.
    const tinytask = await this.#bringUpTinytask(temporal.metAnother ? 0 : this.#ports.tinytask, samples);
    this.#pieces.goOn();
    // Somebody's own tasks are not for sample agents, nor for a model that only plays a script.
    const starter = samples && tinytask.ours !== null;
    await this.#giveAgents(samples, starter, tinytask.endpoint);
    await this.#giveModel(goose, starter);
    this.#pieces.goOn();
    return await this.#startDaemon({ goose, temporal, tinytask, starter });
  }

  /** Lets go of what lives in this process. */
  async close(): Promise<void> {
    await this.#model?.close();
  }

  /** At the same time, since both may have to be fetched; and both to their end, so that nothing is left under way. */
  async #fetchAndConnect(): Promise<{ goose: string; temporal: EnsuredTemporal }> {
    const { loaded, say } = this.#options;
    const { config, environment } = loaded;
    const [goose, temporal] = await Promise.allSettled([
      findGoose({ env: environment, gooseBin: config.gooseBin, onProgress: say }),
      this.#bringUpTemporal(),
    ]);
    return { goose: resultOf(goose).path, temporal: resultOf(temporal) };
  }

  async #bringUpTemporal(): Promise<EnsuredTemporal> {
    const { loaded, say } = this.#options;
    const signal = this.#pieces.stopping;
    const temporal = await ensureTemporal({ loaded, ports: this.#ports, onProgress: say, signal });
    say(`Temporal  ${temporal.settings.address} (${temporal.how})`);
    return temporal;
  }

  async #bringUpTinytask(port: number, samplesWanted: boolean): Promise<EnsuredTinytask> {
    const { loaded, say } = this.#options;
    const tinytask = await ensureTinytask({
      loaded,
      port,
      onProgress: say,
      onStart: (piece) => this.#pieces.track(piece, 'server'),
      async beforeOurs(databaseFile) {
        if (samplesWanted) await markIfNew(dirname(databaseFile), databaseFile);
      },
    });
    say(`TinyTask  ${tinytask.endpoint} (${tinytask.how})`);
    return tinytask;
  }

  /** Sample agents and tasks for a first start, or how to write agents of one's own. */
  async #giveAgents(samples: boolean, starter: boolean, endpoint: string): Promise<void> {
    const { loaded, say } = this.#options;
    if (!samples) return;
    if (!starter) {
      say(`There are no agents yet; \`${calledAs()} validate-config --fix\` writes an agent control file.`);
      return;
    }
    say('Agents    those of examples/starter, since there is no agent control file yet');
    const tinytask = connectTinyTask({ endpoint });
    try {
      const created = await seedSampleTasks(loaded.config.stateDir, tinytask);
      if (created > 0) say(`Tasks     ${created} samples, created this once, in the queues dev and qa`);
    } finally {
      await tinytask.close();
    }
  }

  /** Where goose has no model, a script plays one for the sample agents. */
  async #giveModel(goose: string, starter: boolean): Promise<void> {
    const { loaded, say } = this.#options;
    if ((await missingProvider(goose, userEnvironment(loaded.environment))) === undefined) return;
    if (!starter) {
      say('goose has no model: run `goose configure`, or set GOOSE_PROVIDER, and start again.');
      return;
    }
    this.#model = await startScriptedModel({ port: 0 });
    await updateEmbeddedState(loaded.config.stateDir, { model: { url: this.#model.url } });
    say('Model     none is configured, so a script answers in its place: real goose runs, made-up answers');
    say('          (for a real one run `goose configure`, or set GOOSE_PROVIDER, and start again)');
  }

  async #startDaemon({ goose, temporal, tinytask, starter }: Surroundings): Promise<BroughtUp> {
    const { loaded, envFile, say } = this.#options;
    const { settings, uiUrl } = temporal;
    const { endpoint } = tinytask;
    const uses: Uses = {
      temporal: { address: settings.address, configured: settings.explicitlyConfigured, uiUrl },
      ...{ tinytask: endpoint, starter },
    };
    const surroundings = {
      ...{ loaded, envFile, temporal: settings, tinytask: endpoint },
      ...{ gooseBin: goose, starter, model: this.#model },
    };
    const upkeep = new Upkeep({ pieces: this.#pieces, surroundings, uses, say });
    await upkeep.startDaemon();
    if (temporal.ours) upkeep.keepTemporal(temporal.ours);
    if (tinytask.ours) upkeep.keepTinytask(tinytask.ours);
    await tellWhatIsUsed(loaded.config.stateDir, uses);
    return { uses, temporal: settings };
  }
}

interface Surroundings {
  /** Path of the program. */
  goose: string;
  temporal: EnsuredTemporal;
  tinytask: EnsuredTinytask;
  starter: boolean;
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
