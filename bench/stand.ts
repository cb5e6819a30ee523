import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type ApiPlace, readApiPlace } from '../embedded/presence/api-place.ts';
import { type DevServer, startDevServer } from '../embedded/servers/dev-server.ts';
import { lastLines } from '../embedded/servers/log-file.ts';
import { type CommandPiece, startCommand } from '../embedded/servers/piece.ts';
import { findTemporalCli } from '../embedded/tools/tool-cache.mjs';
import { freePort } from '../os/free-port.ts';
import { connectTinyTask, type TinyTask } from '../tinytask/client.ts';
import { type AgentRun, readNotes } from './notes.ts';
import { endSession } from './processes.ts';
import { until } from './until.ts';

export const QUEUE = 'bench';

export interface StandOptions {
  agents: number;
  /** Slots of each agent. */
  slots: number;
  /** How long each agent sleeps. */
  sleepSeconds: number;
  /** Of how many pools they are, `bench` the first; 1 where absent. */
  pools?: number;
  /** Before anything runs: fills TinyTask's database. */
  prepare?: (databaseFile: string) => void;
  /** The daemon serves the API, and makes passes seldom: what people look at is measured, and not what goes on beside it. */
  serves?: true;
  /** Settings of the daemon, without `TINYSCHEDULER_`. */
  settings?: Record<string, string>;
}

/** The scheduler's processes as `npm start` runs them, from dist/, in a folder and on ports of their own. */
export interface Stand {
  dir: string;
  server: DevServer;
  client: Client;
  tinytask: TinyTask;
  tinytaskPid: number;
  tinytaskUrl: string;
  /** Adds tasks to the agents' queue. Returns their ids in order. */
  addTasks(count: number): Promise<number[]>;
  /** Resolves when its workers poll. */
  startDaemon(): Promise<CommandPiece>;
  /** Runs a command to its end, as a process of its own, and throws away what it says. */
  command(args: string[]): Promise<void>;
  /** `npm start` itself, which starts the daemon. Resolves at once. */
  startSupervisor(): CommandPiece;
  agentRuns(): AgentRun[];
  /** What each process of the scheduler has in its environment. */
  env: NodeJS.ProcessEnv;
  /** Where the API is, and whose process it is. The daemon has it, where the setting API_PORT is not 0. */
  api(): Promise<ApiPlace>;
  stop(): Promise<void>;
}

const open = new Set<Pick<Stand, 'stop'>>();

/** Ends what is left when the bench itself is being ended. */
export async function stopAllStands(): Promise<void> {
  for (const stand of open) await stand.stop().catch(() => undefined);
}

/** Does something with a stand, and stops it. */
export async function withStand<Found>(
  root: string,
  options: StandOptions,
  work: (stand: Stand) => Promise<Found>,
): Promise<Found> {
  const stand = await startStand(root, options);
  try {
    return await work(stand);
  } finally {
    await stand.stop();
  }
}

/** Temporal server and TinyTask; the daemon follows when the measurement asks for it. `root`: the repository. */
async function startStand(root: string, options: StandOptions): Promise<Stand> {
  const dir = await mkdtemp(join(tmpdir(), 'tinyscheduler-bench-'));
  const logDir = join(dir, 'state', 'logs');
  const entry = join(root, 'dist/client/cli/main.js');
  const notes = join(dir, 'notes');
  await writeFile(notes, '');
  const endings: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  // Before anything is started, so that a bench that is ended now leaves nothing.
  const ending = {
    async stop() {
      if (!open.delete(ending)) return;
      // Agents that a killed daemon left behind.
      for (const run of readNotes(notes)) if (run.endMs === undefined) endSession(run.pid, dir);
      for (const end of endings.reverse()) await end();
    },
  };
  open.add(ending);
  const gooseBin = await writeGoose(root, dir);
  await writeAgents(dir, options);
  const databaseFile = join(dir, 'state', 'tinytask.db');
  options.prepare?.(databaseFile);

  const server = await startDevServer({
    cli: (await findTemporalCli({ env: process.env, onProgress: (line) => console.error(line) })).path,
    // Not that of the daemon: it would end the server as the last to leave.
    stateDir: join(dir, 'temporal'),
    logDir,
    env: process.env,
    port: 0,
    uiPort: 0,
  });
  endings.push(() => server.stop());
  const { PATH, HOME, TMPDIR, LANG, TZ } = process.env;
  const embedded = startCommand(
    {
      args: ['internal-tinytask', '--port', '0', '--database', databaseFile],
      env: { PATH, HOME, TMPDIR, LANG, TZ },
      logFile: join(logDir, 'tinytask.log'),
    },
    entry,
  );
  endings.push(() => embedded.stop(2_000));
  const { endpoint } = await embedded.message<{ endpoint: string }>(20_000);
  const connection = await Connection.connect({ address: server.address });
  endings.push(() => connection.close());
  const tinytask = connectTinyTask({ endpoint, deadlineMs: 60_000 });
  endings.push(() => tinytask.close());

  const settings = {
    // The API's process would be measured with the others.
    ...{ API_PORT: '0', METRICS_PORT: '0' },
    // Nobody is refused for asking often: answers are asked for one after the other, as fast as they come.
    ...(options.serves && {
      ...{ API_PORT: String(await freePort(0)), API_PER_MINUTE: '1000000', LOOP_INTERVAL_SEC: '3600' },
    }),
    ...options.settings,
  };
  const env = {
    ...{ PATH, HOME, TMPDIR, LANG, TZ },
    GOOSE_PROVIDER: 'stub',
    BENCH_NOTES: notes,
    TEMPORAL_ADDRESS: server.address,
    TINYSCHEDULER_BASE_PATH: dir,
    TINYSCHEDULER_MCP_ENDPOINT: endpoint,
    TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
    TINYSCHEDULER_GOOSE_BIN: gooseBin,
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`TINYSCHEDULER_${name}`, value])),
  };
  const launch = (args: string[], name: string): CommandPiece => {
    const piece = startCommand({ args, env, logFile: join(logDir, `${name}.log`) }, entry);
    endings.push(() => piece.stop(10_000));
    return piece;
  };
  const stand: Stand = {
    dir,
    server,
    client: new Client({ connection }),
    tinytask,
    tinytaskPid: embedded.pid,
    tinytaskUrl: endpoint,
    addTasks: (count) => addTasks(tinytask, count),
    async startDaemon() {
      const piece = launch(['run', '--daemon'], 'daemon');
      await piece.message<{ ready: true }>(60_000).catch((error: Error) => {
        throw new Error(
          `The daemon did not come up: ${error.message}. ${lastLines(join(logDir, 'daemon.log'), 3).join(' ')}`,
        );
      });
      return piece;
    },
    command: (args) => commandToItsEnd([entry, ...args], env),
    startSupervisor: () => launch(['start'], 'start'),
    agentRuns: () => readNotes(notes),
    env,
    api: () => until('the API', async () => readApiPlace(join(dir, 'state')) ?? false),
    stop: () => ending.stop(),
  };
  return stand;
}

/** The agent of all measurements, which only sleeps. Returns where it is. */
export async function writeGoose(root: string, dir: string): Promise<string> {
  const gooseBin = join(dir, 'goose');
  await copyFile(join(root, 'bench/stub-goose'), gooseBin);
  await chmod(gooseBin, 0o755);
  return gooseBin;
}

function commandToItsEnd(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${args.at(-1)}: exit ${code}`)),
    );
  });
}

/** The queue of an agent, or of a task, by its number. */
export function queueOf(at: number, pools = 1): string {
  return at % pools === 0 ? QUEUE : `${QUEUE}-${at % pools}`;
}

function agentNamed(at: number): string {
  return `agent${String(at + 1).padStart(2, '0')}`;
}

export async function writeAgents(
  dir: string,
  { agents, slots, pools, sleepSeconds }: StandOptions,
): Promise<void> {
  const names = Array.from({ length: agents }, (_, at) => agentNamed(at));
  await mkdir(join(dir, 'recipes'));
  for (const name of names) {
    const recipe = `# sleeps ${sleepSeconds}\nversion: 1.0.0\ntitle: ${name}\ndescription: sleeps\nprompt: sleep\n`;
    await writeFile(join(dir, 'recipes', `${name}.yaml`), recipe);
  }
  const control = names.map((agentName, at) => ({ agentName, agentType: queueOf(at, pools), limit: slots }));
  await writeFile(join(dir, 'agents.json'), JSON.stringify(control));
}

const AT_A_TIME = 16;

async function addTasks(tinytask: TinyTask, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let at = 0; at < count; at += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - at) }, (_, each) =>
      tinytask.create({ title: `task ${at + each + 1}`, createdBy: 'bench', queue: QUEUE }),
    );
    for (const task of await Promise.all(some)) ids.push(task.id);
  }
  return ids;
}
