import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScriptedModel, startScriptedModel } from '../../../embedded/model/scripted-model.ts';
import { connectTinyTask } from '../../../tinytask/client.ts';
import type { NewTask } from '../../../tinytask/task-arguments.ts';
import { ROOT } from '../documents.ts';
import { gooseHome, writeRecipe } from '../goose-home.ts';
import { newPlace } from '../starting.ts';
import type { Shell } from './run-step.ts';

/** What a guide finds where it is run. */
export interface GuidePlace {
  controlFile: string;
  /** By name, what the model is to do: see embedded/model. */
  recipes: Record<string, string>;
  envFile: string;
  /** Variables of the shell, beside those of every place. */
  env?: Record<string, string>;
  tasks?: Omit<NewTask, 'createdBy'>[];
  /** Executables of `bin/`, by name. */
  programs?: Record<string, string>;
}

/** As the real one, without looking each time whether all is built. */
const LAUNCHER = `#!/bin/sh
TINYSCHEDULER_CALLED_AS=$0 exec node -- '${join(ROOT, 'dist/client/cli/main.js')}' "$@"
`;

/** Starts a system as a guide has it. */
export async function startGuide(about: GuidePlace): Promise<{ shell: Shell; end: () => Promise<void> }> {
  const place = await newPlace();
  const { dir } = place;
  let model: ScriptedModel | undefined;
  const end = async () => {
    await place.command('stop').ended;
    await model?.close();
    await place.clear();
  };
  try {
    model = await startScriptedModel({ port: 0 });
    writeAll(dir, about);
    Object.assign(place.env, gooseHome(dir, model.url), about.env);
    const started = place.program('./tinyscheduler', 'start', '--free-ports');
    const says = /^TinyTask +(http\S+)/m;
    await addTasks(says.exec(await started.printed(says, 60_000))?.[1] ?? '', about.tasks ?? []);
    return { shell: { dir, env: place.env, lastCode: 0 }, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function writeAll(dir: string, { controlFile, recipes, envFile, programs = {} }: GuidePlace): void {
  for (const [name, does] of Object.entries(recipes)) writeRecipe(join(dir, 'recipes'), name, does);
  mkdirSync(join(dir, 'docs/technical'), { recursive: true });
  writeFileSync(join(dir, 'docs/technical/agent-control.json'), controlFile);
  writeFileSync(join(dir, '.env'), envFile);
  writeFileSync(join(dir, 'tinyscheduler'), LAUNCHER, { mode: 0o755 });
  mkdirSync(join(dir, 'bin'), { recursive: true });
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(dir, 'bin', name), text, { mode: 0o755 });
}

async function addTasks(endpoint: string, tasks: Omit<NewTask, 'createdBy'>[]): Promise<void> {
  const tinytask = connectTinyTask({ endpoint });
  for (const task of tasks) await tinytask.create({ ...task, createdBy: 'ann' });
  await tinytask.close();
}
