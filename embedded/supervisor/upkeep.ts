import { join } from 'node:path';
import type { Uses } from '../presence/state-file.ts';
import { type DevServer, startDevServer } from '../servers/dev-server.ts';
import { localSettings } from '../servers/ensure-temporal.ts';
import { portOf, startTinytask } from '../servers/ensure-tinytask.ts';
import { type CommandPiece, type Piece, serverPiece } from '../servers/piece.ts';
import { findTemporalCli } from '../tools/tool-cache.mjs';
import { type DaemonSurroundings, endOfDaemonLog, startDaemon } from './daemon.ts';
import { tellWhatIsUsed } from './one-supervisor.ts';
import type { Pieces } from './pieces.ts';

export interface UpkeepOptions {
  pieces: Pieces;
  /** Changed when a server comes back somewhere else. */
  surroundings: DaemonSurroundings;
  /** The same, as it is told to others. */
  uses: Uses;
  /** Lines for people: what died, what was started again. */
  say: (line: string) => void;
}

/**
 * Starts again what has died of a supervisor's pieces: a server where it was, so that the daemon finds it; if somebody
 * took its port meanwhile, the daemon is started again, too.
 */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #daemon: Piece | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  /** The first time; from then on it is kept up. Resolves when its workers poll; throws with the end of its log. */
  async startDaemon(): Promise<void> {
    const { pieces, surroundings, say } = this.#options;
    const about = () => endOfDaemonLog(surroundings.loaded);
    const start = async (): Promise<CommandPiece> => {
      const piece = await startDaemon(surroundings, (started) => pieces.track(started, 'daemon'));
      this.#daemon = piece;
      return piece;
    };
    try {
      pieces.keepUp({ name: 'The scheduler daemon', first: await start(), again: start, say, about });
    } catch (error) {
      throw new Error(`The scheduler daemon did not come up: ${(error as Error).message}.${about()}`);
    }
  }

  keepTemporal(first: DevServer): void {
    const { pieces, surroundings, uses, say } = this.#options;
    const { config, environment } = surroundings.loaded;
    const { stateDir, logDir } = config;
    const again = async (): Promise<Piece> => {
      const cli = (await findTemporalCli({ env: environment, onProgress: say })).path;
      const [port, uiPort] = [portOf(`http://${first.address}`), portOf(first.uiUrl)];
      const server = await startDevServer({
        cli,
        stateDir,
        logDir,
        env: environment,
        port,
        uiPort,
        onProgress: say,
        signal: pieces.stopping,
      });
      const piece = serverPiece(server);
      uses.temporal = { address: server.address, configured: false, uiUrl: server.uiUrl };
      if (server.address !== surroundings.temporal.address) {
        surroundings.temporal = localSettings(server.address);
        await this.#moveDaemon();
      }
      return piece;
    };
    const about = () => ` Its log: ${join(logDir, 'temporal-server.log')}`;
    pieces.keepUp({ name: 'The Temporal server', first: serverPiece(first), again, say, about });
  }

  keepTinytask(first: Piece): void {
    const { pieces, surroundings, uses, say } = this.#options;
    const again = async (): Promise<Piece> => {
      const track = (piece: Piece) => pieces.track(piece, 'server');
      const port = portOf(surroundings.tinytask);
      const { piece, endpoint } = await startTinytask(surroundings.loaded, port, track);
      if (endpoint !== surroundings.tinytask) {
        surroundings.tinytask = endpoint;
        uses.tinytask = endpoint;
        await this.#moveDaemon();
      }
      return piece;
    };
    pieces.keepUp({ name: 'TinyTask', first, again, say });
  }

  /** The daemon ends, and is started again with what its surroundings are now. */
  async #moveDaemon(): Promise<void> {
    const { surroundings, uses } = this.#options;
    await tellWhatIsUsed(surroundings.loaded.config.stateDir, uses);
    void this.#daemon?.stop(9_000);
  }
}
