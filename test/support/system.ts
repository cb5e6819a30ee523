import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connectScheduler } from '../../client/connect.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { loadConfig } from '../../config/load.ts';
import { temporalSettings } from '../../config/temporal.ts';
import { startScriptedModel } from '../../embedded/model/scripted-model.ts';
import { freePort } from '../../os/free-port.ts';
import { connectTinyTask, type TinyTask } from '../../tinytask/client.ts';
import { AUTHOR } from '../../tinytask/comment.ts';
import { type EmbeddedTinyTask, startEmbeddedTinyTask } from '../../tinytask/embedded/server.ts';
import { keepScheduler } from '../../workers/scheduler-watch.ts';
import type { Role } from '../../workers/worker-options.ts';
import { startWorkers, type Workers } from '../../workers/workers.ts';
import { callTinyTask } from '../chaos/tinytask-calls.ts';
import { buildOnce, GUARDIAN, WORKFLOW_BUNDLE } from './build.ts';
import type { TestTemporal } from './given-temporal.ts';
import { livingGooses } from './living-gooses.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { startTestServer } from './temporal.ts';
import { gooseForTests } from './tools.ts';
import { writeWhole } from './whole-file.ts';

/** A row of the agent control file. */
export interface TestAgent {
  agentName: string;
  agentType: string;
  limit?: number;
  hostGroup?: string;
}

/** The real thing in a temporary directory: a Temporal server, TinyTask, scripted model, and workers on demand. */
export interface System {
  dir: string;
  client: Client;
  tinytask: TinyTask;
  endpoint: string;
  server: Pick<TestTemporal, 'address' | 'namespace'>;
  /**
   * Workers with these agents and settings (`TINYSCHEDULER_…` without the prefix). To guardians all that are started here are
   * one worker, this process: stopping one of them ends the gooses of the others, too, whose tasks then run again.
   */
  start(role: Role, settings?: Record<string, string>): Promise<Workers>;
  agents(agents: TestAgent[]): Promise<void>;
  /** Any text in the place of the agents. */
  controlFile(text: string): Promise<void>;
  /** The client that every surface uses, with the environment as it is now. */
  scheduler(): Promise<SchedulerClient>;
  /** A recipe whose prompt is a script for the model. */
  recipe(agent: string, script: string, more?: string): Promise<void>;
  /** Calls a tool of TinyTask as a person or another agent would. */
  tool(name: string, args: Record<string, unknown>): Promise<void>;
  /** The task of each goose of this system that lives, by the operating system. */
  gooses(): Promise<number[]>;
  /** What TinyScheduler has written to the task, oldest first. */
  comments(taskId: number): Promise<string[]>;
  /** What every start of workers finds in its environment; change it before the start. */
  env: Record<string, string>;
  /** TinyTask goes away until the returned function is called. */
  withoutTinyTask(): Promise<() => Promise<void>>;
  /** TinyTask begins again with an empty database, under the same address. */
  emptyTinyTask(): Promise<void>;
  /** The Temporal server is killed, and away until the returned function is called. Workers are to be stopped before. */
  withoutServer(): Promise<() => Promise<void>>;
  /** The model goes away until the returned function is called. */
  withoutModel(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** For a recipe whose model plays `shell`. */
export const DEVELOPER = 'extensions:\n  - {type: builtin, name: developer}';

/** @param bundle makes the workflows of its workers, and gives their path; absent: those of the build */
export async function startSystem(bundle?: (dir: string) => Promise<string>): Promise<System> {
  quietRuntime();
  const dir = await mkdtemp(join(tmpdir(), 'tinyscheduler-'));
  const endings: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const gooseBin = await gooseForTests();
  const workflowBundle = await bundle?.(dir);
  const server = await startTestServer(dir);
  const { namespace } = server;
  endings.push(() => server.stop());
  const databaseFile = join(dir, 'state', 'tinytask.db');
  let embedded: EmbeddedTinyTask = await startEmbeddedTinyTask({ databaseFile, port: await freePort(0) });
  endings.push(() => embedded.close());
  let model = await startScriptedModel({ port: await freePort(0) });
  endings.push(() => model.close());
  const connection = await Connection.connect({ address: server.address });
  endings.push(() => connection.close());
  const tinytask = connectTinyTask({ endpoint: embedded.endpoint });
  endings.push(() => tinytask.close());
  await mkdir(join(dir, 'recipes'));
  await mkdir(join(dir, 'home'));

  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: join(dir, 'home'),
    GOOSE_DISABLE_KEYRING: '1',
    GOOSE_PROVIDER: 'openai',
    GOOSE_MODEL: 'scripted',
    OPENAI_HOST: model.url,
    OPENAI_API_KEY: 'scripted',
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: namespace,
    TINYSCHEDULER_BASE_PATH: dir,
    TINYSCHEDULER_MCP_ENDPOINT: embedded.endpoint,
    TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
    TINYSCHEDULER_GOOSE_BIN: gooseBin,
    TINYSCHEDULER_BACKOFF_SEC: '1',
    TINYSCHEDULER_COOLDOWN_SEC: '1',
    // What is started beside it would meet at the usual port.
    TINYSCHEDULER_API_PORT: '0',
    TINYSCHEDULER_METRICS_PORT: '0',
  };
  const controlFile = join(dir, 'agents.json');
  const started: Workers[] = [];
  const withoutTinyTask = async () => {
    const { port } = new URL(embedded.endpoint);
    await embedded.close();
    return async () => {
      embedded = await startEmbeddedTinyTask({ databaseFile, port: Number(port) });
    };
  };
  return {
    dir,
    server,
    tinytask,
    env,
    endpoint: embedded.endpoint,
    client: new Client({ connection, namespace }),
    async start(role, settings = {}) {
      const named = Object.entries(settings).map(([name, value]) => [`TINYSCHEDULER_${name}`, value]);
      const environment = { ...env, ...Object.fromEntries(named) };
      const loaded = loadConfig({ env: environment, cwd: dir });
      const temporal = temporalSettings(loaded.environment);
      const built = await buildOnce();
      const workers = await startWorkers({
        ...{ role, loaded, temporal, gooseBin },
        guardianEntry: join(built, GUARDIAN),
        workflowBundle: workflowBundle ?? join(built, WORKFLOW_BUNDLE),
      });
      started.push(workers);
      if (role !== 'daemon') return workers;
      const { enabled } = loaded.config;
      const stopKeeping = await keepScheduler({ client: workers.client, enabled, tell: () => undefined });
      const stop = () => {
        stopKeeping();
        return workers.stop();
      };
      return { ...workers, stop };
    },
    async scheduler() {
      const { config, environment } = loadConfig({ env, cwd: dir });
      const scheduler = await connectScheduler({ temporal: temporalSettings(environment), config });
      endings.push(() => scheduler.close());
      return scheduler;
    },
    agents: (agents) => writeWhole(controlFile, JSON.stringify(agents)),
    controlFile: (text) => writeWhole(controlFile, text),
    recipe: (agent, script, more = '') =>
      writeWhole(join(dir, 'recipes', `${agent}.yaml`), recipeText(agent, script, more)),
    async tool(name, args) {
      await callTinyTask(embedded.endpoint, name, args, 20_000);
    },
    gooses: () => livingGooses(dir),
    async comments(taskId) {
      const all = await tinytask.comments(taskId);
      return all.filter((comment) => comment.createdBy === AUTHOR).map((comment) => comment.content);
    },
    withoutTinyTask,
    async emptyTinyTask() {
      const back = await withoutTinyTask();
      for (const end of ['', '-wal', '-shm']) await rm(`${databaseFile}${end}`, { force: true });
      await back();
    },
    withoutServer: () => server.away(),
    async withoutModel() {
      const { port } = model;
      await model.close();
      return async () => {
        model = await startScriptedModel({ port });
      };
    },
    async stop() {
      for (const workers of started) await workers.stop().catch(() => undefined);
      const left = await livingGooses(dir);
      for (const end of endings.reverse()) await end();
      if (left.length > 0) throw new Error(`goose outlived its worker, for tasks ${left}`);
    },
  };
}

/** A recipe whose prompt is a script for the model. */
export function recipeText(agent: string, script: string, more: string): string {
  const lines = script.trim().split('\n');
  return [
    'version: "1.0.0"',
    `title: ${agent}`,
    `description: test agent ${agent}`,
    'parameters:',
    ...['task_id', 'agent'].flatMap((key) => [
      `  - key: ${key}`,
      '    input_type: string',
      '    requirement: required',
      `    description: ${key}`,
    ]),
    'prompt: |',
    '  Work on task {{ task_id }} as {{ agent }}.',
    ...lines.map((line) => `  ${line.trim()}`),
    more,
  ].join('\n');
}
