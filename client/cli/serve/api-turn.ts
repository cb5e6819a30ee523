import { setTimeout as sleep } from 'node:timers/promises';
import { lacksToken } from '../../../api/guard/lacks-token.ts';
import type { LoadedConfig } from '../../../config/config.ts';
import type { ApiTrouble } from '../../../contract/api-served.ts';
import { readApiPlace } from '../../../embedded/presence/api-place.ts';
import { tryPort } from '../../../os/free-port.ts';

const LOOK_EVERY_MS = 1_000;
/** Who served it last starts it again within seconds, and is not raced for it. */
const AWAY_MS = 3_000;

export interface ApiTurnOptions {
  loaded: LoadedConfig;
  /** A free port, where nobody has set one. */
  anyPort: boolean;
  signal: AbortSignal;
  /** What keeps the API from being served; undefined: nothing any more, or another one of ours serves it. */
  onTrouble: (trouble: ApiTrouble | undefined) => Promise<void>;
}

/** Waits until it is for this process to serve the API of its state directory, and it can. */
export class ApiTurn {
  readonly #options: ApiTurnOptions;
  #lastPort: number | undefined;
  #othersUntilMs = Number.NEGATIVE_INFINITY;
  #told: string | undefined;

  constructor(options: ApiTurnOptions) {
    this.#options = options;
  }

  /** The port at which it is to be served. @throws AbortError when it is not to be served any more */
  async comes(): Promise<number> {
    const { signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const found = this.#isAnothers() ? undefined : await this.#port();
      await this.#tell(typeof found === 'object' ? found : undefined);
      if (typeof found === 'number') {
        this.#lastPort = found;
        return found;
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  #isAnothers(): boolean {
    const nowMs = performance.now();
    if (readApiPlace(this.#options.loaded.config.stateDir) !== undefined)
      this.#othersUntilMs = nowMs + AWAY_MS;
    return nowMs < this.#othersUntilMs;
  }

  async #port(): Promise<number | ApiTrouble> {
    const { apiHost: host, apiPort, stateDir } = this.#options.loaded.config;
    const refused = await refusedFor(host, stateDir);
    if (refused !== undefined) return refused;
    let text = '';
    for (const port of this.#ports()) {
      const found = await tryPort(port, host);
      if (typeof found === 'number') return found;
      text = found;
      if (found !== 'EADDRINUSE') break;
    }
    return text === 'EADDRINUSE'
      ? { why: 'port-taken', host, port: apiPort }
      : { why: 'not-listening', host, port: apiPort, text };
  }

  /** That on which it was served before comes first, since somebody may have a page of it open. */
  #ports(): number[] {
    const { loaded, anyPort } = this.#options;
    const { apiPort } = loaded.config;
    if (loaded.sources.apiPort !== 'default') return [apiPort];
    const ports = [this.#lastPort, anyPort ? undefined : apiPort, 0];
    return ports.filter((port) => port !== undefined);
  }

  /** Each trouble once. */
  async #tell(trouble: ApiTrouble | undefined): Promise<void> {
    const text = trouble && JSON.stringify(trouble);
    if (text === this.#told) return;
    this.#told = text;
    await this.#options.onTrouble(trouble);
  }
}

async function refusedFor(host: string, stateDir: string): Promise<ApiTrouble | undefined> {
  try {
    return (await lacksToken(host, stateDir)) ? { why: 'no-token', host } : undefined;
  } catch (error) {
    return { why: 'tokens-unusable', text: (error as Error).message };
  }
}
