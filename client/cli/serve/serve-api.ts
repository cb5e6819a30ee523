import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lacksToken } from '../../../api/guard/lacks-token.ts';
import { apiSettings } from '../../../api/guard/settings.ts';
import { serveApi } from '../../../api/serve.ts';
import type { Listening } from '../../../api/server/listen.ts';
import { TokenStore } from '../../../api/tokens/token-store.ts';
import { calledAs } from '../../../config/called-as.ts';
import type { Config } from '../../../config/config.ts';
import { configurationMark } from '../../../config/configuration-mark.ts';
import { packageRoot, programVersion } from '../../../config/package-root.ts';
import { temporalSettings } from '../../../config/temporal.ts';
import { thisBuild } from '../../../config/this-build.ts';
import type { ApiEvent } from '../../../contract/api-events.ts';
import type { ApiAddress } from '../../../contract/api-served.ts';
import { readApiPlace, removeApiPlace, writeApiPlace } from '../../../embedded/presence/api-place.ts';
import { writePresence } from '../../../embedded/presence/presence-records.ts';
import { portOf } from '../../../embedded/servers/ensure-tinytask.ts';
import { oneAtATime } from '../../../os/one-at-a-time.mjs';
import { identify } from '../../../os/process-identity.mjs';
import { within } from '../../../os/within.ts';
import { sayApiEvent } from '../../../words/api-event.ts';
import { sayNotListening } from '../../../words/api-trouble.ts';
import { openLog } from '../../../workers/logging.ts';
import { connectScheduler } from '../../connect.ts';
import { answersMark } from '../../facts/mark.ts';
import { KeyStore } from '../../keys/key-store.ts';
import { surroundingsOf } from '../../schedules/surroundings.ts';
import { validateConfig } from '../../validate/validate.ts';
import { type Context, UsageError } from '../call/context.ts';
import { placeOf } from './place-of.ts';
import { stopAsked } from './stopping.ts';
import { webUiOf } from './web-ui.ts';

const CLOSE_MS = 2_000;

/**
 * `serve`: the API over HTTP until it is asked to stop. Exit code 0; what keeps it from listening is thrown.
 * @param open the context as it is now: the servers of a base path may move
 */
export async function runServe(open: () => Context): Promise<number> {
  const { config } = open().loaded;
  if (config.apiPort === 0)
    throw new UsageError('serve: TINYSCHEDULER_API_PORT is 0, so there is nothing to serve');
  await refuseOpenToAll(config);
  const there = readApiPlace(config.stateDir);
  if (there !== undefined && portOf(there.url) === config.apiPort)
    throw new Error(`serve: the API is at ${there.url} already, by process ${there.pid}`);
  const presence = await writePresence(config.stateDir, 'serve').catch(() => undefined);
  try {
    return await serveUntilStopped(open, { port: config.apiPort, isKept: false });
  } finally {
    if (presence !== undefined) await rm(presence, { force: true });
  }
}

/** The same for a daemon or `start`, which keeps it up, and has seen that it may be served at this port. */
export async function runKeptApi(open: () => Context, port: number): Promise<number> {
  return serveUntilStopped(open, { port, isKept: true });
}

interface Serving {
  port: number;
  isKept: boolean;
}

async function serveUntilStopped(open: () => Context, { port, isKept }: Serving): Promise<number> {
  const { config, warnings } = open().loaded;
  // Of one that is kept its keeper tells; what it prints is kept for crashes.
  const log = openLog(config, isKept ? 'WARNING' : config.logLevel);
  const tell = (event: ApiEvent) => log.say(sayApiEvent(event));
  if (!isKept) for (const problem of warnings) tell({ what: 'problem', problem });
  const stop = stopAsked();
  const server = await asTheOne(open, isKept, () => listenAt(open, port, tell));
  const { url } = server;
  const ready: ApiAddress = { url, tokenRequired: apiSettings(config).tokenRequired };
  if (process.connected) process.send?.({ ready: true, ...ready });
  await stop;
  await removeApiPlace(config.stateDir);
  await within(CLOSE_MS, server.close());
  // A connection that hangs would keep this process.
  if (isKept) process.exit(0);
  return 0;
}

function listenAt(open: () => Context, port: number, tell: (event: ApiEvent) => void): Promise<Listening> {
  const { config } = open().loaded;
  return serveApi({
    settings: apiSettings(config),
    port,
    place: placeOf(open),
    commands: forCommands(open),
    webUi: () => webUiOf(open()),
    tokens: new TokenStore(config.stateDir, (problem) => tell({ what: 'problem', problem })),
    keys: new KeyStore(config.stateDir),
    around: () => surroundingsOf(open().loaded.config),
    validate: () => validateHere(open()),
    pageDir: join(packageRoot(), 'dist/page'),
    tell,
  }).catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new Error(sayNotListening({ host: config.apiHost, port, text: code ?? message }));
  });
}

/**
 * Begins to listen, and writes down where. Of several that are kept for one state directory only one does; one that a person
 * has started beside it serves, and leaves the record as it is.
 */
async function asTheOne(
  open: () => Context,
  isKept: boolean,
  begin: () => Promise<Listening>,
): Promise<Listening> {
  const { loaded } = open();
  const { config, environment } = loaded;
  return oneAtATime(join(config.stateDir, 'api.lock'), async () => {
    const other = readApiPlace(config.stateDir);
    if (isKept && other !== undefined)
      throw new Error(`process ${other.pid} serves it already, at ${other.url}`);
    // Before it listens: where that throws, nobody is left listening.
    const identity = identify(process.pid);
    const server = await begin();
    if (other === undefined && identity !== undefined)
      await writeApiPlace(config.stateDir, {
        ...identity,
        url: fromHere(server, config),
        version: programVersion(),
        tokenRequired: apiSettings(config).tokenRequired,
        configuration: configurationMark(loaded, temporalSettings(environment)),
      }).catch(() => undefined);
    return server;
  });
}

/** An address that means all of this host's is none to ask. */
function fromHere({ url, port }: Listening, { apiHost }: Config): string {
  if (apiHost === '0.0.0.0') return `http://127.0.0.1:${port}`;
  return apiHost === '::' ? `http://[::1]:${port}` : url;
}

/** @throws UsageError where others can reach it, and there is no token */
async function refuseOpenToAll({ apiHost, stateDir }: Config): Promise<void> {
  if (!(await lacksToken(apiHost, stateDir))) return;
  throw new UsageError(
    `serve: TINYSCHEDULER_API_HOST is ${apiHost}, which others can reach, and there is no token: ` +
      `make one with \`${calledAs()} token create --scope read\`, or serve on 127.0.0.1`,
  );
}

/** As it is configured at each question: an env file may be edited meanwhile. */
export function forCommands(open: () => Context) {
  const build = thisBuild();
  return () => {
    const context = open();
    const { temporal, loaded } = context;
    return {
      mark: answersMark(context, build),
      connect: () => connectScheduler({ temporal, config: loaded.config }),
    };
  };
}

/** By the files as they are now. */
function validateHere({ loaded, temporal }: Context) {
  return validateConfig({ loaded, temporal }, { fix: false });
}
