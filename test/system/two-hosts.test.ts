import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../contract/attributes.ts';
import { callTinyTask, getTask, listTasks } from '../chaos/tinytask-calls.ts';
import { eventually } from '../support/eventually.ts';
import { makeNetwork, type NetHost, type Network, noNetworksBecause } from '../support/network.ts';
import { SeenRuns } from '../support/seen-runs.ts';
import { temporalCliForTests } from '../support/tools.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist/client/cli/main.js');
const FIXTURES = join(ROOT, 'test/fixtures/hosts');
/** max(3 heartbeats of 3 s, 15 s). */
const HEARTBEAT_TIMEOUT_MS = 15_000;
const TEMPORAL_PORT = 7233;

const why = noNetworksBecause();
if (why !== undefined) console.log(`two hosts: skipped, since ${why}`);

let dir: string;
let network: Network;
let tinytask: string;
let children: ChildProcess[];
let seen: SeenRuns;

beforeEach(async () => {
  if (why !== undefined) return;
  children = [];
  execFileSync(process.execPath, ['scripts/setup.mjs'], { cwd: ROOT });
  dir = await mkdtemp(join(tmpdir(), 'two-hosts-'));
  await mkdir(join(dir, 'recipes'));
  await copyFile(join(FIXTURES, 'goose.sh'), join(dir, 'goose'));
  await chmod(join(dir, 'goose'), 0o755);
  const agents = [
    { agentName: 'slow', agentType: 'slow', limit: 4 },
    { agentName: 'quick', agentType: 'quick', limit: 4 },
  ];
  await writeFile(join(dir, 'agents.json'), JSON.stringify(agents));
  for (const { agentName } of agents)
    await writeFile(
      join(dir, `recipes/${agentName}.yaml`),
      'title: stub\ndescription: stub\nprompt: Do it.\n',
    );
  network = makeNetwork();
  tinytask = await startServers();
  seen = new SeenRuns(dir);
}, 60_000);

afterEach(async ({ task }) => {
  if (why !== undefined) return;
  if (task.result?.state === 'fail') console.log(endsOfLogs());
  seen.end();
  for (const child of children) child.kill('SIGKILL');
  await seen.killAll();
  network.remove();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
});

describe.skipIf(why !== undefined)('a host that is cut off in the middle of its runs', () => {
  test.each([
    ['without a word', 'silent'],
    ['with its interface down', 'down'],
  ] as const)(
    '%s: its gooses are dead before the other host starts them again, and nothing is written twice',
    async (_, how) => {
      const [one, two] = network.hosts;
      const hosts = new Map([
        [await startHost('first', one), one],
        [await startHost('second', two), two],
      ]);
      for (let count = 0; count < 4; count += 1) await createTask('slow');
      await eventually('four gooses run', async () => seen.living().length === 4, 60_000);
      // This one ends well while its host is cut off, and nobody can hear of it.
      await createTask('quick');
      const quick = await eventually(
        'the quick one runs',
        async () => seen.living().find(({ agent }) => agent === 'quick'),
        60_000,
      );
      const worker = quick.worker ?? -1;
      const cutOff = hosts.get(worker) as NetHost;
      const cutRuns = seen.living().filter((run) => run.worker === worker);
      const again = (task: number) => seen.all.find((run) => run.task === task && run.worker !== worker);

      const cutAt = performance.now();
      cutOff.cut(how);
      await eventually(
        'every task of the host that is cut off runs on the other one',
        async () => cutRuns.every(({ task }) => again(task) !== undefined),
        60_000,
      );
      cutOff.mend();
      await eventually(
        'all tasks are complete',
        async () => (await listTasks(tinytask)).every(({ status }) => status === 'complete'),
        60_000,
      );
      // The mended host is heard again: what it had to say came before, since it takes work only after that.
      const old = new Set(seen.all);
      // More than the other host is likely to take alone.
      for (let count = 0; count < 12; count += 1) await createTask('quick');
      await eventually('the mended host runs one of them', () =>
        seen.all.some((run) => run.worker === worker && !old.has(run)),
      );
      await eventually(
        'all tasks are complete again',
        async () => (await listTasks(tinytask)).every(({ status }) => status === 'complete'),
        60_000,
      );

      const report = cutRuns.map(({ task, agent, lastSeenMs }) => ({
        agent,
        deadAfterMs: Math.round(lastSeenMs - cutAt),
        startedAfterMs: Math.round((again(task)?.firstSeenMs ?? Number.NaN) - cutAt),
      }));
      console.log(`cut ${how}: ${JSON.stringify(report)}`);
      for (const { deadAfterMs, startedAfterMs } of report) {
        expect(deadAfterMs).toBeLessThan(HEARTBEAT_TIMEOUT_MS);
        expect(startedAfterMs).toBeGreaterThan(deadAfterMs);
      }
      expect(seen.most.size, 'no task had two runs at a time').toBe(0);
      for (const { id, status } of await listTasks(tinytask)) {
        expect([id, status]).toEqual([id, 'complete']);
        const { comments } = await getTask(tinytask, id);
        const marks = comments.map(({ content }) => content.split(']')[0]);
        expect(new Set(marks).size, `comments of task ${id}: ${JSON.stringify(marks)}`).toBe(marks.length);
      }
      for (const { task } of cutRuns)
        expect([task, seen.all.filter((run) => run.task === task).length]).toEqual([task, 2]);
    },
    150_000,
  );
});

/** Temporal and TinyTask where the server is, and a way to TinyTask from here. Gives its address. */
async function startServers(): Promise<string> {
  const { enterServer } = network;
  const attributes = SEARCH_ATTRIBUTES.flatMap(({ name }) => ['--search-attribute', `${name}=Keyword`]);
  run('temporal', [
    ...enterServer,
    await temporalCliForTests(),
    ...['server', 'start-dev', '--ip', '0.0.0.0', '--port', String(TEMPORAL_PORT), '--headless'],
    ...['--log-level', 'error', ...attributes],
  ]);
  const database = ['--port', '3000', '--database', join(dir, 'tinytask.db')];
  run('tinytask', [...enterServer, process.execPath, MAIN, 'internal-tinytask', ...database]);
  await forward(enterServer, '0.0.0.0', 3001, '127.0.0.1', 3000);
  const port = await forward([], '127.0.0.1', 0, network.server, 3001);
  const endpoint = `http://127.0.0.1:${port}`;
  await eventually('TinyTask answers', async () => (await fetch(`${endpoint}/health`)).ok, 20_000);
  return endpoint;
}

/** A daemon on that host, which reaches TinyTask under an address of its own. Gives its pid. */
async function startHost(name: string, { enter, server }: NetHost): Promise<number> {
  await forward(enter, '127.0.0.1', 3000, server, 3001);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: dir,
    GOOSE_PROVIDER: 'stub',
    TEMPORAL_ADDRESS: `${server}:${TEMPORAL_PORT}`,
    TINYSCHEDULER_STATE_DIR: `state-${name}`,
    TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:3000',
    TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
    TINYSCHEDULER_GOOSE_BIN: join(dir, 'goose'),
    TINYSCHEDULER_HEARTBEAT_SEC: '3',
    TINYSCHEDULER_KILL_GRACE_SEC: '1',
    TINYSCHEDULER_LOOP_INTERVAL_SEC: '5',
  };
  // Each host has a name of its own, as it would have.
  const command = ['unshare', '--uts', 'sh', '-c', 'hostname "$0"; exec "$@"', name];
  const daemon = [process.execPath, MAIN, '--base-path', dir, 'run', '--daemon'];
  const child = run(name, [...enter, ...command, ...daemon], env);
  await once(child, 'spawn');
  const pid = child.pid ?? -1;
  seen.workers.add(pid);
  return pid;
}

function endsOfLogs(): string {
  const logs = readdirSync(dir).filter((name) => name.endsWith('.log'));
  return logs.map((name) => `${name}: ${readFileSync(join(dir, name), 'utf8').slice(-3_000)}`).join('\n');
}

async function createTask(agent: string): Promise<void> {
  const task = { title: 'a task', created_by: 'test', queue_name: agent, assigned_to: agent };
  await callTinyTask(tinytask, 'create_task', task);
}

async function forward(
  enter: string[],
  listen: string,
  port: number,
  to: string,
  toPort: number,
): Promise<number> {
  const ends = [listen, port, to, toPort].map(String);
  const child = spawn0([...enter, process.execPath, join(FIXTURES, 'forward.mjs'), ...ends], 'pipe');
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return Number(String(line));
}

function run(name: string, command: string[], env?: Record<string, string>): ChildProcess {
  const child = spawn0(command, 'pipe', env);
  // Next to the databases, for whoever looks at a failure with the folder kept.
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => appendFileSync(join(dir, `${name}.log`), chunk));
  return child;
}

function spawn0([file = '', ...args]: string[], output: 'pipe', env?: Record<string, string>): ChildProcess {
  const child = spawn(file, args, { stdio: ['ignore', output, output], ...(env && { env }) });
  children.push(child);
  return child;
}
