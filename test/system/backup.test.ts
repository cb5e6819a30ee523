import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkBackup } from '../../client/backup/check.ts';
import { type ScriptedModel, startScriptedModel } from '../../embedded/model/scripted-model.ts';
import { readEmbeddedState } from '../../embedded/presence/state-file.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { connectTinyTask, type TinyTask } from '../../tinytask/client.ts';
import { eventually } from '../support/eventually.ts';
import { signalIfThere } from '../support/seen-daemons.ts';
import { type Ended, endOf, newPlace, type Place } from '../support/starting.ts';
import { DEVELOPER, recipeText } from '../support/system.ts';

// Only a failure takes that long; the machine may have other things to do.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 600_000 });

/** Each writes down whose turn it was, so that nothing is done twice unseen. */
const AGENTS = {
  quick: 'MODEL: shell echo {{ task_id }} >> ran\nMODEL: say Done.',
  slow: 'MODEL: shell echo {{ task_id }} >> ran; until [ -e open ]; do sleep 0.1; done\nMODEL: say Done.',
};

let model: ScriptedModel;
let old: Place;
let place: Place;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  model = await startScriptedModel({ port: 0 });
  old = await newPlace();
  place = await newPlace();
  for (const { env } of [old, place])
    Object.assign(env, {
      GOOSE_DISABLE_KEYRING: '1',
      GOOSE_PROVIDER: 'openai',
      GOOSE_MODEL: 'scripted',
      OPENAI_HOST: model.url,
      OPENAI_API_KEY: 'scripted',
    });
  const agents = Object.keys(AGENTS).map((agentName) => ({ agentName, agentType: agentName, limit: 1 }));
  writeFileSync(join(old.dir, '.env'), 'TINYSCHEDULER_AGENT_CONTROL_FILE=agents.json\n');
  writeFileSync(join(old.dir, 'agents.json'), JSON.stringify(agents));
  mkdirSync(join(old.dir, 'recipes'));
  for (const [name, script] of Object.entries(AGENTS))
    writeFileSync(join(old.dir, `recipes/${name}.yaml`), recipeText(name, script, DEVELOPER));
});
afterAll(async () => {
  for (const close of closing) await close();
  await old?.clear();
  await place?.clear();
  await model?.close();
});

test('what was done at the backup is not done again, and what was not is done once', async () => {
  const tinytask = await up(old);
  const add = async (agent: string) =>
    (await tinytask.create({ title: 'a task', createdBy: 'test', assignedTo: agent })).id;
  const done = [await add('quick'), await add('quick')];
  for (const id of done) await inStatus(tinytask, id, 'complete');
  // Alone until it runs: of several that ask at the same time any may be the first to have the slot.
  const running = await add('slow');
  await eventually('one runs', () => ran(old).includes(running)).catch(async (error) => {
    throw new Error(`${error}; ${(await command(old, 'explain', String(running))).output}`);
  });
  const [waiting, cancelled] = [await add('slow'), await add('slow')];
  expect((await command(old, 'cancel', String(cancelled))).output).toMatch(/is cancelled/);

  const backup = join(old.dir, 'backups', 'first');
  await killedOnTheWay(old, ['backup', backup], backup);
  expect(existsSync(backup), 'a killed one is no backup').toBe(false);
  expect(await command(old, 'backup', backup)).toMatchObject({ code: 0 });
  expect(readdirSync(dirname(backup)), 'what was killed left nothing').toEqual(['first']);
  expect((await checkBackup(backup)).problems).toEqual([]);
  const refused = await command(place, 'restore', backup);
  expect(refused, refused.output).toMatchObject({
    code: 1,
    output: expect.stringMatching(/still runs: start/),
  });
  const later = await add('quick');
  await inStatus(tinytask, later, 'complete');

  for (const { pid } of old.processes()) signalIfThere(pid, 'SIGKILL');
  await eventually('nothing is left', () => old.processes().length === 0);
  await killedOnTheWay(place, ['restore', backup], place.stateDir);
  expect(existsSync(place.stateDir) ? readdirSync(place.stateDir) : []).toEqual([]);
  expect(await command(place, 'restore', backup)).toMatchObject({ code: 0 });
  expect(readdirSync(place.dir).sort()).toEqual(['.env', 'agents.json', 'recipes', 'state']);

  writeFileSync(join(place.dir, 'open'), '');
  const again = await up(place);
  for (const id of [running, waiting]) await inStatus(again, id, 'complete');
  for (const id of done) expect((await again.get(id))?.status).toBe('complete');
  expect((await again.get(cancelled))?.status).toBe('idle');
  expect(await again.get(later)).toBe(undefined);
  expect(ran(place).sort()).toEqual([running, waiting]);
  const { client } = await temporalOf(place);
  expect((await lastRunOf(client, running))?.memo?.past).toMatchObject({ number: 2, used: 0 });
  expect(await lastRunOf(client, cancelled)).toMatchObject({ phase: 'parked', closedAtMs: null });
  expect(await command(place, 'status')).toMatchObject({ code: 0 });
  expect(await command(place, 'stop')).toMatchObject({ code: 0 });
  expect(await command(old, 'stop')).toEqual({ code: 0, output: 'Nothing runs here.\n' });
});

async function up(at: Place): Promise<TinyTask> {
  at.start();
  const uses = await eventually('it is up', () => readEmbeddedState(at.stateDir).supervisor?.uses, 90_000);
  const tinytask = connectTinyTask({ endpoint: uses.tinytask });
  closing.push(() => tinytask.close());
  return tinytask;
}

async function temporalOf(at: Place): Promise<{ client: Client }> {
  const address = readEmbeddedState(at.stateDir).temporal?.address ?? '';
  const connection = await Connection.connect({ address });
  closing.push(() => connection.close());
  return { client: new Client({ connection }) };
}

function inStatus(tinytask: TinyTask, id: number, status: string): Promise<true> {
  return eventually(`task ${id} is ${status}`, async () => (await tinytask.get(id))?.status === status);
}

/** The tasks that a goose of this place has begun, in order. */
function ran(at: Place): number[] {
  const path = join(at.dir, 'ran');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : [];
}

async function command(at: Place, ...args: string[]): Promise<Ended> {
  return await endOf(at.command(...args));
}

/** SIGKILL as soon as the command makes something beside `target`. */
async function killedOnTheWay(at: Place, args: string[], target: string): Promise<void> {
  const started = at.command(...args);
  const isMade = () =>
    existsSync(dirname(target)) &&
    readdirSync(dirname(target)).some((name) => name.startsWith(`${basename(target)}.tmp-`));
  while (!isMade() && started.child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1));
  started.child.kill('SIGKILL');
  expect(await started.ended, started.output()).toBe('SIGKILL');
}
