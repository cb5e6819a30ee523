import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import { sayDefinitionProblem } from '../../words/schedule-problem.ts';
import { connectScheduler } from '../connect.ts';
import { Ends } from '../follow/ended.ts';
import { Events } from '../follow/events.ts';
import { addOnceOfMany } from '../keys/add-once.ts';
import { KeyStore } from '../keys/key-store.ts';
import { placeOf } from '../place.ts';
import type { NewTaskInput, SchedulerClient } from '../scheduler-client.ts';
import { definitionOf } from '../schedules/definition.ts';
import { surroundingsOf } from '../schedules/surroundings.ts';
import type { ScheduleFields } from './scheduler.ts';
import { type CheckedDefinition, type ConnectOptions, DefinitionError, type Scheduler } from './scheduler.ts';

/** To Temporal and TinyTask, as the commands do. @throws ConfigError @throws what connectScheduler does */
export async function connectDirectly(options: ConnectOptions): Promise<Scheduler> {
  const { basePath, envFile, env, tinytask, warn = () => undefined } = options;
  const loaded = loadConfig({
    flags: { basePath, mcpEndpoint: tinytask },
    cwd: process.cwd(),
    envFile,
    ...(env !== undefined && { env: { ...env } }),
  });
  for (const warning of loaded.warnings) warn(warning);
  const { temporal } = placeOf(loaded, settingsOf(options.temporal));
  return scriptable(await connectScheduler({ temporal, config: loaded.config }), loaded.config);
}

function settingsOf(named: ConnectOptions['temporal']): TemporalSettings | undefined {
  if (named === undefined) return undefined;
  const { address, namespace = 'default', apiKey, tls = apiKey !== undefined } = named;
  return {
    ...{ address, namespace, explicitlyConfigured: true },
    connectionOptions: { address, tls, ...(apiKey !== undefined && { apiKey }) },
  };
}

/** With what scripts want beyond the one API. */
function scriptable(client: SchedulerClient, config: Config): Scheduler {
  const closing = new AbortController();
  const ends = new Ends(client, closing.signal);
  const events = new Events(client, closing.signal);
  const { stateDir } = config;
  const keys = new KeyStore(stateDir);
  return {
    ...client,
    schedules: { ...client.schedules, definition: (fields) => checked(fields, config) },
    ended: (taskId, options) => ends.of(taskId, options),
    events: (options) => events.follow(options),
    async addOnce(key: string, task: NewTaskInput) {
      if (key.length < 1 || key.length > 200) throw new TypeError('a key is of 1 to 200 characters');
      const asked = { owner: 'script', key, request: JSON.stringify(task), task };
      return addOnceOfMany({ keys, stateDir }, client, asked);
    },
    async close() {
      closing.abort(new Error('the connection to the scheduler was closed'));
      await client.close();
    },
  };
}

async function checked(fields: ScheduleFields, config: Config): Promise<CheckedDefinition> {
  const read = await definitionOf(fields, await surroundingsOf(config));
  if (!('problems' in read)) return read;
  const says = read.problems.map((problem) => sayDefinitionProblem(problem, (field) => field));
  throw new DefinitionError(read.problems, says.join('\n'));
}
