import { chmod, copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENTS, type ChaosAgent, queueOf } from './agents.ts';

/** Makes the folder of one run: the agents, their recipes, and what stands for goose. Gives its path. */
export async function makeFolder(stubs: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tinyscheduler-chaos-'));
  for (const each of ['recipes', 'home', 'evidence', 'writes', 'state/logs', 'bin'])
    await mkdir(join(dir, each), { recursive: true });
  await copyFile(stubs, join(dir, 'bin/goose'));
  await chmod(join(dir, 'bin/goose'), 0o755);
  const agents = AGENTS.map(({ name, limit }) => ({ agentName: name, agentType: queueOf(name), limit }));
  await writeFile(join(dir, 'agents.json'), JSON.stringify(agents, null, 2));
  for (const agent of AGENTS) await writeFile(join(dir, 'recipes', `${agent.name}.yaml`), recipeOf(agent));
  return dir;
}

function recipeOf({ name, script = 'MODEL: say done' }: ChaosAgent): string {
  return [
    'version: "1.0.0"',
    `title: ${name}`,
    `description: chaos agent ${name}`,
    'parameters:',
    ...['task_id', 'agent', 'base_path'].map(
      (key) => `  - {key: ${key}, input_type: string, requirement: required, description: ${key}}`,
    ),
    'extensions:',
    '  - {type: builtin, name: developer}',
    'prompt: |',
    '  Work on task {{ task_id }} as {{ agent }} in {{ base_path }}.',
    ...script.split('\n').map((line) => `  ${line}`),
    '',
  ].join('\n');
}
