import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCRIPTED_MODEL } from '../../embedded/model/scripted-model.ts';

/** The environment of a goose that knows nothing of this machine's configuration and asks the model at `modelUrl`. */
export function gooseHome(home: string, modelUrl: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    GOOSE_DISABLE_KEYRING: '1',
    GOOSE_PROVIDER: 'openai',
    GOOSE_MODEL: SCRIPTED_MODEL,
    OPENAI_HOST: modelUrl,
    OPENAI_API_KEY: 'none',
  };
}

/** Writes `<dir>/<name>.yaml` with that prompt; gives its path. `more` is further YAML of the recipe. */
export function writeRecipe(dir: string, name: string, prompt: string, more = ''): string {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, `${name}.yaml`);
  const head = `version: 1.0.0\ntitle: ${name}\ndescription: for tests\n${more}`;
  const developer = more.includes('extensions:') ? '' : 'extensions:\n  - {type: builtin, name: developer}\n';
  // goose refuses a parameter that is used but not declared, and one that is declared but not used.
  const parameter = prompt.includes('{{ task_id }}')
    ? 'parameters:\n  - {key: task_id, input_type: string, requirement: required, description: id}\n'
    : '';
  writeFileSync(path, `${head}${parameter}${developer}prompt: |\n${prompt.replace(/^/gm, '  ')}\n`);
  return path;
}
