import { join } from 'node:path';
import type { LoadedConfig } from '../../../config/config.ts';
import { ownProcessEnvironment } from '../../../config/own-process.ts';
import type { ApiAddress } from '../../../contract/api-served.ts';
import { writeApiTrouble } from '../../../embedded/presence/api-trouble.ts';
import { putAside } from '../../../embedded/servers/log-file.ts';
import { type CommandPiece, startCommand } from '../../../embedded/servers/piece.ts';
import { keepUp } from '../../../embedded/supervisor/keep-up.ts';
import { helperMark } from '../../../goose/host/helper-mark.ts';
import { sayApiTrouble } from '../../../words/api-trouble.ts';
import { ApiTurn } from './api-turn.ts';

export interface KeepApiOptions {
  loaded: LoadedConfig;
  /** A free port, where nobody has set one, whatever runs on the usual one. */
  anyPort?: boolean;
  onServed: (url: string) => void;
  /** What a person should know, as a sentence. */
  onProblem: (problem: string) => void;
}

export interface KeptApi {
  /** Returns when nobody listens any more. */
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const STOP_MS = 3_000;
const LOG_MAX_BYTES = 20 * 1024 * 1024;

/**
 * Serves the API in a process of its own, and starts it again whenever it ends. Whatever becomes of it, this process goes on:
 * what keeps it from being served is told, and waited for. It ends with this process, even by SIGKILL.
 */
export function keepApi({ loaded, anyPort = false, onServed, onProblem }: KeepApiOptions): KeptApi {
  const { apiPort, stateDir, logDir } = loaded.config;
  if (apiPort === 0) return { stop: async () => undefined };
  const logFile = join(logDir, 'api.log');
  const stopping = new AbortController();
  const { signal } = stopping;
  let piece: CommandPiece | undefined;
  const turn = new ApiTurn({
    ...{ loaded, anyPort, signal },
    async onTrouble(trouble) {
      if (trouble !== undefined) onProblem(sayApiTrouble(trouble));
      await writeApiTrouble(stateDir, trouble).catch((error: Error) =>
        onProblem(`That the API is not served could not be written: ${error.message}`),
      );
    },
  });
  const again = async (): Promise<CommandPiece> => {
    const port = await turn.comes();
    const mark = await helperMark('api', stateDir);
    putAside(logFile, LOG_MAX_BYTES);
    signal.throwIfAborted();
    piece = startCommand({
      args: ['internal-api', '--listen', String(port), ...loaded.arguments],
      env: { ...ownProcessEnvironment(), ...mark },
      logFile,
    });
    try {
      const { url } = await piece.message<ApiAddress>(READY_MS);
      if (!anyPort && port !== apiPort) onProblem(`Port ${apiPort} is taken; the API uses ${port}.`);
      onServed(url);
      return piece;
    } catch (error) {
      await piece.stop(STOP_MS);
      throw error;
    }
  };
  const release = keepUp({ name: 'The API', again, say: onProblem, about: () => ` Its log: ${logFile}` });
  return {
    async stop() {
      stopping.abort();
      release();
      await piece?.stop(STOP_MS);
      await writeApiTrouble(stateDir, undefined).catch(() => undefined);
    },
  };
}
