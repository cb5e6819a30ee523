import { stdout } from 'node:process';
import { calledAs } from '../../../config/called-as.ts';
import { type TemporalSettings, temporalSettings } from '../../../config/temporal.ts';
import type { Status } from '../../../contract/status.ts';
import { RUN_TASK } from '../../../contract/workflows.ts';
import { readApiPlace } from '../../../embedded/presence/api-place.ts';
import { endDescendants } from '../../../embedded/presence/own-children.ts';
import { enter, type Presence } from '../../../embedded/presence/presence.ts';
import { nameOf } from '../../../embedded/presence/presence-records.ts';
import { readEmbeddedState, type Uses } from '../../../embedded/presence/state-file.ts';
import { localSettings } from '../../../embedded/servers/ensure-temporal.ts';
import type { Ports } from '../../../embedded/supervisor/bring-up.ts';
import { becomeSupervisor, whatIsUsed } from '../../../embedded/supervisor/one-supervisor.ts';
import { createSupervisor, type Supervisor } from '../../../embedded/supervisor/supervisor.ts';
import { isAlive, type ProcessIdentity } from '../../../os/process-identity.mjs';
import { type Context, type GlobalOptions, refuseDryRun } from '../call/context.ts';
import { type Live, showLive } from '../show/live.ts';
import type { FooterLine } from '../show/live-table.ts';
import { openScreen, type Screen } from '../show/terminal.ts';
import { AddressFirst } from './address-first.ts';
import { keepApi } from './keep-api.ts';
import { stopAsked } from './stopping.ts';

export interface StartOptions {
  context: Context;
  global: GlobalOptions;
  ports?: Ports;
}

const LOOK_EVERY_MS = 500;
const FORCED = 130;

/**
 * `start`: brings everything up, shows it live, and stops it in order when asked to; where another one runs for the
 * same base path it only looks on. Returns the exit code; throws what to do if something cannot be had.
 */
export async function runStart(options: StartOptions): Promise<number> {
  refuseDryRun(options.context, 'start');
  const { config, environment } = options.context.loaded;
  const screen = openScreen(stdout, environment);
  const other = await becomeSupervisor(config.stateDir);
  return await (other ? lookOn(other, options, screen) : supervise(options, screen));
}

async function supervise(options: StartOptions, screen: Screen): Promise<number> {
  const { loaded } = options.context;
  const sinceMs = Date.now();
  const lines = new AddressFirst((line) => screen.say(line), loaded.config.apiPort !== 0);
  const say = (line: string) => lines.say(line);
  const presence = await enter(loaded.config.stateDir, 'start', say);
  const api = keepApi({
    loaded,
    anyPort: options.ports !== undefined,
    onServed: (url) => lines.first(`Page      ${url}`),
    onProblem: (problem) => lines.first(problem),
  });
  const supervisor = createSupervisor({
    loaded,
    envFile: options.global.envFile,
    presence,
    say,
    ...(options.ports && { ports: options.ports }),
  });
  let live: Live | undefined;
  let atOnce: Promise<never> | undefined;
  const stop = stopAsked(() => {
    if (atOnce) process.exit(FORCED);
    screen.end();
    atOnce = endAtOnce(supervisor, screen);
  });

  screen.say('TinyScheduler is starting; Ctrl-C stops it.');
  const up = supervisor.bringUp();
  let failure: unknown;
  try {
    const brought = await Promise.race([up, stop]);
    if (typeof brought !== 'string') {
      screen.say('');
      live = showLiveOf(options, screen, { uses: () => brought.uses, sinceMs, ctrlC: CTRL_C_STOPS });
      await stop;
    }
  } catch (error) {
    failure = error;
  }
  lines.release();
  // What still comes up while it is being stopped ends with an error that nobody needs.
  up.catch(() => undefined);
  const startedAt = performance.now();
  await Promise.all([stopInOrder(supervisor.stop, screen, live), api.stop()]);
  // A tool that is being fetched would go on, and keep this process for as long as it takes.
  await endDescendants();
  await atOnce;
  screen.say(`${whatIsDown(presence)} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s).`);
  if (failure !== undefined) throw failure;
  if (live === undefined) process.exit(0);
  return 0;
}

async function stopInOrder(stop: () => Promise<void>, screen: Screen, live: Live | undefined): Promise<void> {
  const agents = live?.running() ?? 0;
  await live?.end();
  screen.say('Stopping …');
  if (agents > 0) {
    const first = agents === 1 ? 'One agent is stopped first' : `${agents} agents are stopped first`;
    screen.say(`${first}; tasks go back to idle, and no attempt is used.`);
    screen.say('Ctrl-C again ends everything at once.');
  }
  await stop();
}

function whatIsDown(presence: Presence): string {
  const others = presence.others().map(({ pid, role }) => `${nameOf(role)} (process ${pid})`);
  const { temporal } = readEmbeddedState(presence.place.stateDir);
  if (others.length === 0 || !temporal) return 'Everything is down';
  return `Everything is down but the Temporal server, which ${others.join(' and ')} goes on with and ends`;
}

async function endAtOnce(supervisor: Supervisor, screen: Screen): Promise<never> {
  const gone = await supervisor.kill().catch(() => false);
  await endDescendants();
  screen.say(gone ? 'Ended at once.' : 'Ended at once; what is left of it ends within seconds.');
  process.exit(FORCED);
}

async function lookOn(other: ProcessIdentity, options: StartOptions, screen: Screen): Promise<number> {
  const { config } = options.context.loaded;
  screen.say(`TinyScheduler runs already, as process ${other.pid}: this only looks on.`);
  const stop = stopAsked(() => process.exit(FORCED));
  const first = await Promise.race([whatIsUsed(config.stateDir, other), stop]);
  if (typeof first === 'string') return 0;
  if (first === undefined) {
    screen.say(`Process ${other.pid} has ended before it was up; start again.`);
    return 1;
  }
  const uses = () => readEmbeddedState(config.stateDir).supervisor?.uses ?? first;
  const hint = ['Ctrl-C', `ends this view only; process ${other.pid} goes on`] as const;
  const live = showLiveOf(options, screen, { uses, sinceMs: Date.now(), ctrlC: hint });
  const gone = new Promise<'gone'>((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(other)) return;
      clearInterval(timer);
      resolve('gone');
    }, LOOK_EVERY_MS).unref();
  });
  const why = await Promise.race([stop, gone]);
  await live.end();
  screen.say(why === 'gone' ? `Process ${other.pid} has ended.` : `Process ${other.pid} goes on.`);
  return 0;
}

const CTRL_C_STOPS = ['Ctrl-C', 'stops everything, agents first; the next start goes on from there'] as const;

function showLiveOf(
  { context: { loaded }, global }: StartOptions,
  screen: Screen,
  { uses, sinceMs, ctrlC }: { uses: () => Uses; sinceMs: number; ctrlC: readonly [string, string] },
): Live {
  const settings = ({ temporal: { address, configured } }: Uses): TemporalSettings =>
    configured ? temporalSettings(loaded.environment) : localSettings(address);
  return showLive({
    screen,
    sinceMs,
    where() {
      const used = uses();
      const config = { ...loaded.config, mcpEndpoint: used.tinytask, starter: used.starter };
      return { temporal: settings(used), config };
    },
    footer: (status) => [
      ...apiLine(loaded.config.stateDir),
      ...footer(status, uses(), settings(uses()).namespace, global),
      ctrlC,
    ],
  });
}

function apiLine(stateDir: string): FooterLine[] {
  const place = readApiPlace(stateDir);
  return place === undefined ? [] : [['Page', `${place.url}${place.tokenRequired ? ', with a token' : ''}`]];
}

function footer(status: Status, uses: Uses, namespace: string, global: GlobalOptions): FooterLine[] {
  const { address, uiUrl } = uses.temporal;
  const filter = encodeURIComponent(`WorkflowType="${RUN_TASK}"`);
  const page = `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${filter}`;
  const queue = status.agents.find((agent) => agent.queue !== null)?.queue ?? 'dev';
  const { basePath, envFile } = global;
  const command = `${calledAs()}${envFile ? ` --env-file ${envFile}` : ''}${basePath ? ` --base-path ${basePath}` : ''}`;
  return [
    uiUrl
      ? ['Web UI', page, uiUrl]
      : ['Web UI', `that of the Temporal server ${address}; filter by WorkflowType="${RUN_TASK}"`],
    ['TinyTask', uses.tinytask],
    ['Try next', `${command} add "Write a haiku" --queue ${queue}`],
    ['', `${command} pause    (then: resume)`],
    ['', `${command} run-now  (look for work at once; with an id: that task first)`],
    ['', `${command} status   (--help tells the rest)`],
  ];
}
