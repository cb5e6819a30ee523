import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, type TestContext, test } from 'vitest';
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

beforeAll(() => {
  if (why === undefined) execFileSync(process.execPath, ['scripts/setup.mjs'], { cwd: ROOT });
}, 1_800_000);

/** A network, servers and a folder of its own for each test, so that they run at the same time: mostly they wait. */
class Stand {
  readonly dir: string;
  readonly network: Network;
  readonly seen: SeenRuns;
  readonly #children: ChildProcess[] = [];
  tinytask = '';

  private constructor(dir: string, network: Network) {
    this.dir = dir;
    this.network = network;
    this.seen = new SeenRuns(dir);
  }

  /** @param number of its network, from 0 */
  static async make(number: number, { task, onTestFinished }: TestContext): Promise<Stand> {
    const dir = await mkdtemp(join(tmpdir(), 'two-hosts-'));
    const stand = new Stand(dir, makeNetwork(number));
    onTestFinished(async () => {
      if (task.result?.state === 'fail') console.log(stand.#endsOfLogs());
      await stand.#end();
    });
    await mkdir(join(dir, 'recipes'));
    await copyFile(join(FIXTURES, 'goose.sh'), join(dir, 'goose'));
    await chmod(join(dir, 'goose'), 0o755);
    const agents = ['slow', 'quick'].map((name) => ({ agentName: name, agentType: name, limit: 4 }));
    await writeFile(join(dir, 'agents.json'), JSON.stringify(agents));
    for (const { agentName } of agents)
      await writeFile(
        join(dir, `recipes/${agentName}.yaml`),
        'title: stub\ndescription: stub\nprompt: Do it.\n',
      );
    stand.tinytask = await stand.#startServers();
    return stand;
  }

  async #end(): Promise<void> {
    this.seen.end();
    for (const child of this.#children) child.kill('SIGKILL');
    await this.seen.killAll();
    this.network.remove();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Temporal and TinyTask where the server is, and a way to TinyTask from here. Gives its address. */
  async #startServers(): Promise<string> {
    const { enterServer, server } = this.network;
    const attributes = SEARCH_ATTRIBUTES.flatMap(({ name }) => ['--search-attribute', `${name}=Keyword`]);
    this.#run('temporal', [
      ...enterServer,
      await temporalCliForTests(),
      ...['server', 'start-dev', '--ip', '0.0.0.0', '--port', String(TEMPORAL_PORT), '--headless'],
      ...['--log-level', 'error', ...attributes],
    ]);
    const database = ['--port', '3000', '--database', join(this.dir, 'tinytask.db')];
    this.#run('tinytask', [...enterServer, process.execPath, MAIN, 'internal-tinytask', ...database]);
    await this.#forward(enterServer, '0.0.0.0', 3001, '127.0.0.1', 3000);
    const port = await this.#forward([], '127.0.0.1', 0, server, 3001);
    const endpoint = `http://127.0.0.1:${port}`;
    const health = () => fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2_000) });
    await eventually('TinyTask answers', async () => (await health()).ok);
    return endpoint;
  }

  /** A daemon on that host, which reaches TinyTask under an address of its own. Gives its pid. */
  async startHost(name: string, { enter, server }: NetHost): Promise<number> {
    await this.#forward(enter, '127.0.0.1', 3000, server, 3001);
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: this.dir,
      GOOSE_PROVIDER: 'stub',
      TEMPORAL_ADDRESS: `${server}:${TEMPORAL_PORT}`,
      TINYSCHEDULER_STATE_DIR: `state-${name}`,
      TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:3000',
      TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
      TINYSCHEDULER_GOOSE_BIN: join(this.dir, 'goose'),
      TINYSCHEDULER_HEARTBEAT_SEC: '3',
      TINYSCHEDULER_KILL_GRACE_SEC: '1',
      TINYSCHEDULER_LOOP_INTERVAL_SEC: '5',
      TINYSCHEDULER_API_PORT: '0',
      TINYSCHEDULER_METRICS_PORT: '0',
    };
    // Each host has a name of its own, as it would have.
    const command = ['unshare', '--uts', 'sh', '-c', 'hostname "$0"; exec "$@"', name];
    const daemon = [process.execPath, MAIN, '--base-path', this.dir, 'run', '--daemon'];
    const child = this.#run(name, [...enter, ...command, ...daemon], env);
    await once(child, 'spawn');
    const pid = child.pid ?? -1;
    this.seen.workers.add(pid);
    return pid;
  }

  #endsOfLogs(): string {
    const logs = readdirSync(this.dir).filter((name) => name.endsWith('.log'));
    return logs
      .map((name) => `${name}: ${readFileSync(join(this.dir, name), 'utf8').slice(-3_000)}`)
      .join('\n');
  }

  async createTask(agent: string): Promise<void> {
    const task = { title: 'a task', created_by: 'test', queue_name: agent, assigned_to: agent };
    await callTinyTask(this.tinytask, 'create_task', task);
  }

  async #forward(enter: string[], listen: string, port: number, to: string, toPort: number): Promise<number> {
    const ends = [listen, port, to, toPort].map(String);
    const child = this.#spawn([...enter, process.execPath, join(FIXTURES, 'forward.mjs'), ...ends], 'pipe');
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    return Number(String(line));
  }

  #run(name: string, command: string[], env?: Record<string, string>): ChildProcess {
    const child = this.#spawn(command, 'pipe', env);
    // Next to the databases, for whoever looks at a failure with the folder kept.
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => appendFileSync(join(this.dir, `${name}.log`), chunk));
    return child;
  }

  #spawn([file = '', ...args]: string[], output: 'pipe', env?: Record<string, string>): ChildProcess {
    const child = spawn(file, args, { stdio: ['ignore', output, output], ...(env && { env }) });
    this.#children.push(child);
    return child;
  }
}

describe.skipIf(why !== undefined).concurrent('a host that is cut off in the middle of its runs', () => {
  test.for([
    ['without a word', 'silent', 0],
    ['with its interface down', 'down', 1],
  ] as const)(
    '%s: its gooses are dead before the other host starts them again, and nothing is written twice',
    { timeout: 240_000 },
    async ([, how, number], context) => {
      const stand = await Stand.make(number, context);
      const { network, seen, tinytask } = stand;
      const [one, two] = network.hosts;
      const hosts = new Map([
        [await stand.startHost('first', one), one],
        [await stand.startHost('second', two), two],
      ]);
      for (let count = 0; count < 4; count += 1) await stand.createTask('slow');
      await eventually('four gooses run', async () => seen.living().length === 4, 60_000);
      // This one ends well while its host is cut off, and nobody can hear of it.
      await stand.createTask('quick');
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
      for (let count = 0; count < 12; count += 1) await stand.createTask('quick');
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
  );
});
