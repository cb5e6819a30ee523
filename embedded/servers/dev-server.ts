import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SEARCH_ATTRIBUTES } from '../../contract/attributes.ts';
import { helperMark } from '../../goose/host/helper-mark.ts';
import { installationOf } from '../../goose/host/owner.ts';
import { freePort } from '../../os/free-port.ts';
import { isAlive, type ProcessIdentity } from '../../os/process-identity.mjs';
import { stopProcess } from '../../os/stop-process.ts';
import { withServersOf } from '../presence/end-unused.ts';
import { findHelperProcesses } from '../presence/helper-processes.ts';
import { readEmbeddedState, updateEmbeddedState } from '../presence/state-file.ts';
import { identityOf } from './child-identity.ts';
import { prepareNamespace } from './dev-namespace.ts';
import { openLog } from './log-file.ts';

export interface DevServerOptions {
  /** Path of the Temporal CLI. */
  cli: string;
  /** Holds the database, the state file and a lock. */
  stateDir: string;
  logDir: string;
  env: Record<string, string | undefined>;
  /** Default 7233; taken by somebody else, or 0: a free one. */
  port?: number;
  /** Default 8233; likewise. */
  uiPort?: number;
  /** Values of its dynamic configuration by their names, beside ours. */
  dynamicConfig?: Record<string, number>;
  /** How long the server may take until it answers. */
  deadlineMs?: number;
  onProgress?: (line: string) => void;
  /** Whoever starts it is being stopped: what has been started for it is killed, and a StoppedError thrown. */
  signal?: AbortSignal | undefined;
}

/** Something was to be started while everything is being stopped. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

export interface DevServer extends ProcessIdentity {
  address: string;
  uiUrl: string;
  /** It ran already: an earlier `npm start` was killed and left it behind, or another one is running. */
  adopted: boolean;
  /** TERM, KILL after 5 s; returns when the process is gone. Can be called again. */
  stop(): Promise<void>;
  /** Settles when the server has ended, for whatever reason. */
  exited: Promise<void>;
}

/**
 * The dev server on this state directory's database: the one that runs already, else a new one in a session of its
 * own (Ctrl-C in a terminal does not reach it). Resolves when it answers, and is ready for our workflows.
 * Throws with the end of its log if it does not come up.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  // Two servers on one database would ruin it.
  return await withServersOf(
    options.stateDir,
    async () => (await adopt(options)) ?? (await startOnFreePorts(options)),
  );
}

/** The server of this state directory that runs already. One that does not answer is ended. */
export async function adoptDevServer(options: AdoptOptions): Promise<DevServer | undefined> {
  // Not while somebody who takes it for unused is ending it.
  return await withServersOf(options.stateDir, () => adopt(options));
}

type AdoptOptions = Pick<DevServerOptions, 'stateDir' | 'onProgress' | 'signal'>;

async function adopt({ stateDir, onProgress, signal }: AdoptOptions): Promise<DevServer | undefined> {
  goOn(signal);
  const running = readEmbeddedState(stateDir).temporal;
  if (!running) return undefined;
  try {
    await prepareNamespace(running.address, { deadlineMs: 10_000, alive: () => isAlive(running), signal });
    return handle(stateDir, { ...running, adopted: true, exited: untilGone(running) });
  } catch {
    goOn(signal);
    onProgress?.(`The Temporal server of process ${running.pid} does not answer; it is being replaced.`);
    await stopProcess(running);
    return undefined;
  }
}

const TRIES = 3;

/**
 * A port that was free may be somebody else's when the server listens on it, and one that the server looks for itself, too:
 * it says so, or crashes over it. It is started again. What it says in order about anything else is an error.
 */
async function startOnFreePorts(options: DevServerOptions): Promise<DevServer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(options);
    } catch (error) {
      const mayDoBetter = error instanceof NotUp && /address already in use|^panic: /m.test(error.said);
      if (tries === TRIES || !mayDoBetter) throw error;
    }
  }
}

/** The server has ended, or has not answered in time. */
class NotUp extends Error {
  override readonly name = 'NotUp';
  /** All that it wrote since it was started, at most its last 64 kB. */
  readonly said: string;

  constructor(why: string, { said, logFile }: { said: string; logFile: string }) {
    const last = lastWords(said);
    super(`${why}. ${last ? `Its log (${logFile}) ends with: ${last}` : `It wrote nothing to ${logFile}.`}`);
    this.said = said;
  }
}

async function start(options: DevServerOptions): Promise<DevServer> {
  const { cli, stateDir, logDir, signal, onProgress = () => undefined, deadlineMs = 30_000 } = options;
  const { port: wantedPort = 7233, uiPort: wantedUiPort = 8233 } = options;
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const port = await freePort(wantedPort);
  const uiPort = await freePort(wantedUiPort);
  if (wantedPort !== 0 && port !== wantedPort) {
    onProgress(`Port ${wantedPort} is taken; the Temporal server uses ${port}.`);
  }
  if (wantedUiPort !== 0 && uiPort !== wantedUiPort) {
    onProgress(`Port ${wantedUiPort} is taken; Temporal's Web UI uses ${uiPort}.`);
  }
  await endUnknown(stateDir);
  const mark = await helperMark('temporal', stateDir);
  const logFile = join(logDir, 'temporal-server.log');
  const log = openLog(logFile);
  const from = fstatSync(log).size;
  const saidTo = () => ({ said: saidSince(logFile, from), logFile });
  goOn(signal);
  const args = serverArguments(join(stateDir, 'temporal.db'), { port, uiPort }, options.dynamicConfig);
  const child = spawn(cli, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...serverEnvironment(options.env), ...mark },
  });
  closeSync(log);
  const exited = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  );
  await once(child, 'spawn').catch((error: Error) => {
    throw new Error(`The Temporal CLI ${JSON.stringify(cli)} could not be started: ${error.message}`);
  });
  const identity = identityOf(child);
  if (!identity) throw new NotUp('The Temporal server ended at once', saidTo());
  child.unref();
  const server = { ...identity, address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}` };
  try {
    // Before it is healthy, so that not even a SIGKILL now leaves a server that nobody knows of.
    await updateEmbeddedState(stateDir, { temporal: server });
    await prepareNamespace(server.address, { deadlineMs, alive: () => isAlive(identity), signal });
  } catch (error) {
    // Whoever called it off may be gone in a moment, and nobody has used it: it need not end in order.
    await stopProcess(identity, signal?.aborted ? 0 : undefined);
    await updateEmbeddedState(stateDir, { temporal: undefined });
    goOn(signal);
    throw new NotUp(`The Temporal server did not come up: ${(error as Error).message}`, saidTo());
  }
  return handle(stateDir, { ...server, ...identity, adopted: false, exited });
}

function goOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StoppedError('stopped while starting');
}

/** One that a process started, and was killed before it could write that down: nobody has its address. */
async function endUnknown(stateDir: string): Promise<void> {
  const helpers = await findHelperProcesses({ stateDir, installation: await installationOf(stateDir) });
  const servers = helpers.filter(({ kind }) => kind === 'temporal');
  await Promise.all(servers.map((server) => stopProcess(server)));
}

function handle(
  stateDir: string,
  { address, uiUrl, pid, startTime, adopted, exited }: Omit<DevServer, 'stop'>,
): DevServer {
  const stop = async (): Promise<void> => {
    await stopProcess({ pid, startTime });
    if (readEmbeddedState(stateDir).temporal === undefined) {
      await updateEmbeddedState(stateDir, { temporal: undefined });
    }
  };
  return { address, uiUrl, pid, startTime, adopted, stop, exited };
}

function serverArguments(
  database: string,
  { port, uiPort }: { port: number; uiPort: number },
  dynamicConfig: Record<string, number> = {},
): string[] {
  return [
    ...['server', 'start-dev', '--namespace', 'default', '--db-filename', database],
    ...['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=1'],
    // The default of 20 polls a second is a wait of 50 ms at every hop.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    // The default lets every timer ring up to a second late, for hosts whose clocks differ: here there is one.
    ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="1ms"'],
    ...Object.entries(dynamicConfig).flatMap(([name, value]) => [
      '--dynamic-config-value',
      `${name}=${value}`,
    ]),
    ...SEARCH_ATTRIBUTES.flatMap(({ name }) => ['--search-attribute', `${name}=Keyword`]),
    ...['--log-level', 'warn'],
  ];
}

/** The server needs none of the user's keys, and must not take our own `TEMPORAL_*` settings for its. */
function serverEnvironment(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, LANG, TZ } = env;
  return { PATH, HOME, TMPDIR, LANG, TZ };
}

async function untilGone(identity: ProcessIdentity): Promise<void> {
  while (isAlive(identity)) await sleep(500, undefined, { ref: false });
}

const MOST_READ = 64 * 1024;

function saidSince(logFile: string, from: number): string {
  try {
    const bytes = readFileSync(logFile).subarray(from);
    return bytes.subarray(-MOST_READ).toString('utf8');
  } catch {
    return '';
  }
}

/** What a person needs of it: of a crash its reason, which a list of calls follows, else the last three lines. */
function lastWords(said: string): string {
  const lines = said.trim().split('\n');
  const crashed = lines.findIndex((line) => line.startsWith('panic: '));
  return (crashed === -1 ? lines.slice(-3) : lines.slice(crashed, crashed + 1)).join(' ').slice(-600);
}
