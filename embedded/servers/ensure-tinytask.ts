import { join } from 'node:path';
import type { LoadedConfig } from '../../config/config.ts';
import { helperMark } from '../../goose/host/helper-mark.ts';
import { stopProcess } from '../../os/stop-process.ts';
import { homeOf } from '../../tinytask/home.ts';
import { readEmbeddedState, updateEmbeddedState } from '../presence/state-file.ts';
import { type CommandPiece, startCommand } from './piece.ts';
import { listens, tinytaskProblem } from './reachable.ts';

/** Where a TinyTask is looked for, and where ours goes. 0: do not look, take a free port. */
export const TINYTASK_PORT = 3000;

/** Its calls under way end in this time, or are cut off. */
const STOP_MS = 2_000;
const READY_MS = 20_000;

export interface EnsuredTinytask {
  endpoint: string;
  /** Null: it is somebody else's, and its tasks are real ones. */
  ours: CommandPiece | null;
  how: string;
}

interface TinytaskOptions {
  loaded: LoadedConfig;
  onProgress: (line: string) => void;
  port: number;
  /** Called before a database of our own may be made. */
  beforeOurs: (databaseFile: string) => Promise<void>;
  onStart: (piece: CommandPiece) => void;
}

/**
 * The TinyTask to work with: the configured one (also while it does not answer: the scheduler waits for it), else
 * one on port 3000, else one of our own. For the supervisor only: a TinyTask that a killed `npm start` left behind is
 * about to end, so it is ended and replaced.
 */
export async function ensureTinytask(options: TinytaskOptions): Promise<EnsuredTinytask> {
  const { loaded, onProgress, port } = options;
  const { config } = loaded;
  if (config.mcpEndpointExplicit) {
    const problem = await tinytaskProblem(config.mcpEndpoint);
    if (problem !== undefined) {
      onProgress(
        `${problem} Tasks run as soon as it answers; to use another, set TINYSCHEDULER_MCP_ENDPOINT.`,
      );
    }
    return { endpoint: config.mcpEndpoint, ours: null, how: 'as configured' };
  }
  const orphan = readEmbeddedState(config.stateDir).tinytask;
  if (orphan) await stopProcess(orphan, STOP_MS);
  else if (port !== 0 && (await listens(port, 'localhost'))) {
    const endpoint = `http://localhost:${port}`;
    const home = await homeOf(endpoint);
    const isAnothers = home !== undefined && home !== config.stateDir;
    if (!isAnothers && (await tinytaskProblem(endpoint)) === undefined) {
      return { endpoint, ours: null, how: 'found running, so it is used' };
    }
    onProgress(
      `Port ${port} is taken${isAnothers ? ` by the TinyTask of ${home}` : ''}; TinyTask uses another one.`,
    );
  }
  await options.beforeOurs(databaseFile(config.stateDir));
  const { piece, endpoint } = await startTinytask(
    loaded,
    orphan ? portOf(orphan.endpoint) : port,
    options.onStart,
  );
  return { endpoint, ours: piece, how: 'brought up' };
}

/** Starts the embedded TinyTask on that port, or on another if it is taken, and writes it into the state file. */
export async function startTinytask(
  { config, environment }: LoadedConfig,
  port: number,
  onStart: (piece: CommandPiece) => void,
): Promise<{ piece: CommandPiece; endpoint: string }> {
  const { PATH, HOME, TMPDIR, LANG, TZ } = environment;
  const mark = await helperMark('tinytask', config.stateDir);
  const piece = startCommand({
    args: ['internal-tinytask', '--port', String(port), '--database', databaseFile(config.stateDir)],
    env: { PATH, HOME, TMPDIR, LANG, TZ, ...mark },
    logFile: join(config.logDir, 'tinytask.log'),
  });
  onStart(piece);
  try {
    const { endpoint } = await piece.message<{ endpoint: string }>(READY_MS);
    const { pid, startTime } = piece;
    await updateEmbeddedState(config.stateDir, { tinytask: { pid, startTime, endpoint } });
    return { piece, endpoint };
  } catch (error) {
    await piece.stop(STOP_MS);
    const log = join(config.logDir, 'tinytask.log');
    throw new Error(`The embedded TinyTask did not come up: ${(error as Error).message}. Its log: ${log}`, {
      cause: error,
    });
  }
}

export function portOf(endpoint: string): number {
  return Number(new URL(endpoint).port);
}

function databaseFile(stateDir: string): string {
  return join(stateDir, 'tinytask.db');
}
