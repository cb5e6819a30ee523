import { join } from 'node:path';
import type { LoadedConfig } from '../../config/config.ts';
import { STARTER } from '../../config/load.ts';
import { type TemporalSettings, temporalEnvironment } from '../../config/temporal.ts';
import type { ScriptedModel } from '../model/scripted-model.ts';
import { SCRIPTED_MODEL } from '../model/scripted-model.ts';
import { lastLines, putAside } from '../servers/log-file.ts';
import { type CommandPiece, startCommand } from '../servers/piece.ts';

const READY_MS = 60_000;
const LOG_MAX_BYTES = 20 * 1024 * 1024;

/** What the daemon is to use; read again at each start of it. */
export interface DaemonSurroundings {
  loaded: LoadedConfig;
  envFile: string | undefined;
  temporal: TemporalSettings;
  tinytask: string;
  gooseBin: string;
  /** Whether the agents are those of examples/starter while there are no others. */
  starter: boolean;
  model: ScriptedModel | undefined;
}

/** Starts `run --daemon`; resolves when its workers poll. Throws with the end of its log if it does not come to that. */
export async function startDaemon(
  surroundings: DaemonSurroundings,
  onStart: (piece: CommandPiece) => void,
): Promise<CommandPiece> {
  const { loaded, envFile } = surroundings;
  const logFile = daemonLog(loaded);
  putAside(logFile, LOG_MAX_BYTES);
  const piece = startCommand({
    args: [...(envFile === undefined ? [] : ['--env-file', envFile]), 'run', '--daemon'],
    env: daemonEnvironment(surroundings),
    logFile,
  });
  onStart(piece);
  try {
    await piece.message<{ ready: true }>(READY_MS);
    return piece;
  } catch (error) {
    await piece.stop(1_000);
    throw new Error((error as Error).message);
  }
}

function daemonLog({ config }: LoadedConfig): string {
  return join(config.logDir, 'daemon.log');
}

/** The end of its log, to be put after a sentence. */
export function endOfDaemonLog(loaded: LoadedConfig): string {
  const lines = lastLines(daemonLog(loaded), 3).map((line) => `\n  ${line}`);
  return `${lines.join('')}\n  (${daemonLog(loaded)})`;
}

function daemonEnvironment(surroundings: DaemonSurroundings): Record<string, string | undefined> {
  const { loaded, temporal, tinytask, gooseBin, starter, model } = surroundings;
  return {
    ...temporalEnvironment(loaded.environment, temporal),
    // Flags of `start` are not passed on as flags.
    TINYSCHEDULER_BASE_PATH: loaded.config.basePath,
    TINYSCHEDULER_LOG_LEVEL: loaded.config.logLevel,
    TINYSCHEDULER_MCP_ENDPOINT: tinytask,
    TINYSCHEDULER_GOOSE_BIN: gooseBin,
    ...(starter && { [STARTER]: 'true' }),
    ...(model && scriptedModelEnvironment(model, join(loaded.config.stateDir, 'goose'))),
  };
}

/** goose keeps configuration and logs of such runs in a place of their own, not in the user's home. */
function scriptedModelEnvironment({ url }: ScriptedModel, gooseRoot: string): Record<string, string> {
  return {
    GOOSE_DISABLE_KEYRING: '1',
    GOOSE_PROVIDER: 'openai',
    GOOSE_MODEL: SCRIPTED_MODEL,
    OPENAI_HOST: url,
    OPENAI_API_KEY: 'scripted',
    GOOSE_PATH_ROOT: gooseRoot,
  };
}
