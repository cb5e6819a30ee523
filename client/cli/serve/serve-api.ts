import { rm } from 'node:fs/promises';
import { apiSettings, isLoopback } from '../../../api/guard/settings.ts';
import { serveApi } from '../../../api/serve.ts';
import { isInForce } from '../../../api/tokens/token.ts';
import { readTokens } from '../../../api/tokens/token-file.ts';
import { TokenStore } from '../../../api/tokens/token-store.ts';
import { calledAs } from '../../../config/called-as.ts';
import type { Config } from '../../../config/config.ts';
import { writePresence } from '../../../embedded/presence/presence-records.ts';
import { sayApiEvent } from '../../../words/api-event.ts';
import { openLog } from '../../../workers/logging.ts';
import { connectScheduler } from '../../connect.ts';
import { KeyStore } from '../../keys/key-store.ts';
import { type Context, UsageError } from '../call/context.ts';
import { stopAsked } from './stopping.ts';

/**
 * `serve`: the API over HTTP until it is asked to stop. Exit code 0; what keeps it from listening is thrown.
 * @param open the context as it is now: the servers of a base path may move
 */
export async function runServe(open: () => Context): Promise<number> {
  const context = open();
  const { config, warnings } = context.loaded;
  if (config.apiPort === 0)
    throw new UsageError('serve: TINYSCHEDULER_API_PORT is 0, so there is nothing to serve');
  await refuseOpenToAll(config);
  const log = openLog(config);
  const tell = (event: Parameters<typeof sayApiEvent>[0]) => log.say(sayApiEvent(event));
  for (const problem of warnings) tell({ what: 'problem', problem });
  const stop = stopAsked();
  const presence = await writePresence(config.stateDir, 'serve').catch(() => undefined);
  try {
    const server = await serveApi({
      settings: apiSettings(config),
      port: config.apiPort,
      place: placeOf(open),
      tokens: new TokenStore(config.stateDir, (problem) => tell({ what: 'problem', problem })),
      keys: new KeyStore(config.stateDir),
      tell,
    }).catch((error: NodeJS.ErrnoException) => {
      throw new Error(sayNotListening(error, config), { cause: error });
    });
    process.send?.({ ready: true, url: server.url });
    await stop;
    await server.close();
    return 0;
  } finally {
    if (presence !== undefined) await rm(presence, { force: true });
  }
}

/** Where others can reach it, nobody may come in without a token: and without any token nobody at all. */
async function refuseOpenToAll({ apiHost, stateDir }: Config): Promise<void> {
  if (isLoopback(apiHost)) return;
  const tokens = await readTokens(stateDir);
  if (tokens.some((token) => isInForce(token, Date.now()))) return;
  throw new UsageError(
    `serve: TINYSCHEDULER_API_HOST is ${apiHost}, which others can reach, and there is no token: ` +
      `make one with \`${calledAs()} token create --scope read\`, or serve on 127.0.0.1`,
  );
}

function placeOf(open: () => Context) {
  return {
    where() {
      const { temporal, loaded } = open();
      return `${temporal.address} ${temporal.namespace} ${loaded.config.mcpEndpoint}`;
    },
    async connect() {
      const { temporal, loaded } = open();
      return connectScheduler({ temporal, config: loaded.config });
    },
  };
}

function sayNotListening({ code, message }: NodeJS.ErrnoException, { apiHost, apiPort }: Config): string {
  const at = `${apiHost} port ${apiPort}`;
  if (code === 'EADDRINUSE')
    return `${at} is taken: end what listens there, or set TINYSCHEDULER_API_PORT to another one`;
  if (code === 'EADDRNOTAVAIL')
    return `${apiHost} is no address of this host: correct TINYSCHEDULER_API_HOST`;
  if (code === 'EACCES') return `this user may not listen at ${at}: take a port above 1023`;
  return `the API could not be served at ${at}: ${message}`;
}
