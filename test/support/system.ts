import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { loadConfig } from '../../config/load.ts';
import { temporalSettings } from '../../config/temporal.ts';
import { MAIN_QUEUE, SCHEDULER_ID } from '../../domain/ids.ts';
import { type DevServer, startDevServer } from '../../embedded/dev-server.ts';
import { type ScriptedModel, startScriptedModel } from '../../embedded/scripted-model.ts';
import { connectTinyTask, type TinyTask } from '../../tinytask/client.ts';
import { type EmbeddedTinyTask, startEmbeddedTinyTask } from '../../tinytask/embedded/server.ts';
import { type Role, startWorkers, type Workers } from '../../workers/workers.ts';
import { gooseForTests, temporalCliForTests } from './tools.ts';

/** The real thing in a temporary directory: Temporal dev server, TinyTask, scripted model, and workers on demand. */
export interface System {
  dir: string;
  client: Client;
  tinytask: TinyTask;
  endpoint: string;
  server: DevServer;
  model: ScriptedModel;
  /** Workers with these agents and settings (`TINYSCHEDULER_…` without the prefix). */
  start(role: Role, settings?: Record<string, string>): Promise<Workers>;
  agents(agents: { agentName: string; agentType: string; limit?: number }[]): Promise<void>;
  /** A recipe whose prompt is a script for the model. */
  recipe(agent: string, script: string, more?: string): Promise<void>;
  env: Record<string, string>;
  stop(): Promise<void>;
}

export async function startSystem(): Promise<System> {
  const dir = await mkdtemp(join(tmpdir(), 'tinyscheduler-'));
  const endings: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const gooseBin = await gooseForTests();
  const server = await startDevServer({
    cli: await temporalCliForTests(),
    stateDir: join(dir, 'state'),
    logDir: join(dir, 'state', 'logs'),
    env: process.env,
    port: 0,
    uiPort: 0,
  });
  endings.push(() => server.stop());
  const embedded: EmbeddedTinyTask = await startEmbeddedTinyTask({
    databaseFile: join(dir, 'state', 'tinytask.db'),
    port: 0,
  });
  endings.push(() => embedded.close());
  const model = await startScriptedModel({ port: 0 });
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
    TINYSCHEDULER_BASE_PATH: dir,
    TINYSCHEDULER_MCP_ENDPOINT: embedded.endpoint,
    TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
    TINYSCHEDULER_GOOSE_BIN: gooseBin,
    TINYSCHEDULER_BACKOFF_SEC: '1',
    TINYSCHEDULER_COOLDOWN_SEC: '1',
  };
  const started: Workers[] = [];
  return {
    dir,
    server,
    model,
    tinytask,
    env,
    endpoint: embedded.endpoint,
    client: new Client({ connection }),
    async start(role, settings = {}) {
      const named = Object.entries(settings).map(([name, value]) => [`TINYSCHEDULER_${name}`, value]);
      const environment = { ...env, ...Object.fromEntries(named) };
      const loaded = loadConfig({ env: environment, cwd: dir });
      const temporal = temporalSettings(loaded.environment);
      const workers = await startWorkers({ role, loaded, temporal, gooseBin });
      started.push(workers);
      if (role === 'daemon') {
        await workers.client.workflow.signalWithStart('scheduler', {
          workflowId: SCHEDULER_ID,
          taskQueue: MAIN_QUEUE,
          signal: 'daemon-started',
        });
      }
      return workers;
    },
    agents: (agents) => writeFile(join(dir, 'agents.json'), JSON.stringify(agents)),
    recipe: (agent, script, more = '') =>
      writeFile(join(dir, 'recipes', `${agent}.yaml`), recipeText(agent, script, more)),
    async stop() {
      for (const workers of started) await workers.stop().catch(() => undefined);
      for (const end of endings.reverse()) await end();
    },
  };
}

function recipeText(agent: string, script: string, more: string): string {
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

/** Polls until `look` gives something, and says what was last seen if it does not in time. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  deadlineMs = 20_000,
): Promise<T> {
  const untilMs = Date.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > untilMs) throw new Error(`${what}: not within ${deadlineMs} ms. ${last ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
