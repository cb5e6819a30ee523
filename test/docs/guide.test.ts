import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { type ScriptedModel, startScriptedModel } from '../../embedded/model/scripted-model.ts';
import { connectTinyTask } from '../../tinytask/client.ts';
import type { NewTask } from '../../tinytask/task-arguments.ts';
import { ROOT, readDocument } from '../support/documents.ts';
import { gooseHome, writeRecipe } from '../support/goose-home.ts';
import { runStep, type Shell } from '../support/guide/run-step.ts';
import { type Step, stepsOf, withPrinted } from '../support/guide/steps.ts';
import { newPlace, type Place } from '../support/starting.ts';

// The guide is run from its first line to its last, on one system, so that what it shows is what is printed. After a
// change of what commands print: `npm run record-guide` writes the document anew where it does not hold.

// Only a failure takes that long.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const GUIDE = 'docs/operations.md';
const RECORD = process.env.RECORD_GUIDE === '1';
const { text } = readDocument(GUIDE);
const steps = stepsOf(text);

/** Its goose works until the guide lets its task go, well or not. */
const UNTIL_LET_GO =
  'Work on task {{ task_id }}.\n' +
  'MODEL: shell until [ -e go-{{ task_id }} ]; do sleep 0.1; done\nMODEL: say The answer.';

/** As the real one, without looking each time whether all is built. */
const LAUNCHER = `#!/bin/sh
TINYSCHEDULER_CALLED_AS=$0 exec node -- '${join(ROOT, 'dist/client/cli/main.js')}' "$@"
`;
const CONTROL_FILE = `[
  { "agentName": "vaela", "agentType": "dev", "limit": 2 },
  { "agentName": "damien", "agentType": "dev" },
  { "agentName": "oscar", "agentType": "qa" }
]
`;
/** The first one blocks another, so it goes first; of those of dev the last one waits. */
const TASKS: Omit<NewTask, 'createdBy'>[] = [
  { title: 'Draft the release notes', queue: 'dev' },
  { title: 'Check the release notes', queue: 'qa', blockedByTaskId: 1 },
  { title: 'Fix the login page', queue: 'dev' },
  { title: 'Update the handbook', queue: 'dev' },
  { title: 'Translate the handbook', queue: 'dev' },
  { title: 'Test the login page', queue: 'qa' },
];

let place: Place;
let model: ScriptedModel;
let shell: Shell;
beforeAll(async () => {
  place = await newPlace();
  model = await startScriptedModel({ port: 0 });
  const { dir, env } = place;
  for (const name of ['vaela', 'damien', 'oscar']) writeRecipe(join(dir, 'recipes'), name, UNTIL_LET_GO);
  writeRecipe(join(dir, 'recipes'), 'sage', 'Work on task {{ task_id }}.\nMODEL: empty');
  mkdirSync(join(dir, 'docs/technical'), { recursive: true });
  writeFileSync(join(dir, 'docs/technical/agent-control.json'), CONTROL_FILE);
  writeFileSync(join(dir, '.env'), 'TINYSCHEDULER_KILL_GRACE_SEC=1\n');
  writeFileSync(join(dir, 'tinyscheduler'), LAUNCHER, { mode: 0o755 });
  Object.assign(env, gooseHome(dir, model.url));
  shell = { dir, env, lastCode: 0 };
  const started = place.program('./tinyscheduler', 'start', '--free-ports');
  const says = /^TinyTask +(http\S+)/m;
  await addTasks(says.exec(await started.printed(says, 60_000))?.[1] ?? '');
});
afterAll(async () => {
  await place.command('stop').ended;
  await model.close();
  await place.clear();
});

async function addTasks(endpoint: string): Promise<void> {
  const tinytask = connectTinyTask({ endpoint });
  for (const task of TASKS) await tinytask.create({ ...task, createdBy: 'ann' });
  await tinytask.close();
}

describe.sequential('what it shows is what is printed', () => {
  const now = new Map<Step, string[]>();
  /** What follows on a step that does not hold, does not hold either: nobody waits for it. */
  let patienceMs = 30_000;

  test.each(steps.map((step, at) => [`${GUIDE}:${step.line} $ ${step.command}`, step, at] as const))(
    '%s',
    async (_, step, at) => {
      const { printed, wrong } = await runStep(shell, step, steps[at + 1], patienceMs);
      if (wrong === undefined) return;
      if (RECORD && step.shown !== undefined) now.set(step, printed);
      else {
        patienceMs = 1_000;
        throw new Error(`${GUIDE}: ${wrong}`);
      }
    },
  );

  afterAll(() => {
    if (RECORD && now.size > 0) writeFileSync(join(ROOT, GUIDE), withPrinted(text, now));
  });
});
