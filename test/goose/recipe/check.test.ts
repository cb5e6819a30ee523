import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ScriptedModel, startScriptedModel } from '../../../embedded/model/scripted-model.ts';
import { findGoose, type GooseProgram } from '../../../goose/program/program.ts';
import { checkRecipe, type RecipeRequest } from '../../../goose/recipe/check.ts';
import { gooseCommand, userEnvironment } from '../../../goose/start/command-line.ts';
import { gooseBin } from '../../support/goose-bin.ts';
import { gooseHome } from '../../support/goose-home.ts';
import { BESIDE, RECIPES } from './recipes.ts';

let folder: string;
let model: ScriptedModel;
let goose: GooseProgram;
let env: Record<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recipes-'));
  model = await startScriptedModel({ port: 0 });
  env = userEnvironment(gooseHome(join(folder, 'home'), model.url));
  goose = await findGoose(gooseBin(), env);
  mkdirSync(join(folder, 'home'), { recursive: true });
});
afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true, force: true });
});

function request(recipesDir: string, more: Partial<RecipeRequest> = {}): RecipeRequest {
  return { recipesDir, agent: 'vaela', tags: [], basePath: folder, queue: 'dev', env, ...more };
}

/** Exit code and complaints of a real run with what a run is given. */
function runForReal(recipePath: string): Promise<{ ok: boolean; said: string }> {
  const run = { bin: goose.path, recipePath, taskId: 42, agent: 'vaela', queue: 'dev', attempt: 1 };
  const { file, args } = gooseCommand({ ...run, basePath: folder });
  return new Promise((resolve) => {
    const options = { env, cwd: join(folder, 'home'), timeout: 30_000 };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ ok: error === null && stdout.includes('"type":"complete"'), said: stdout + stderr });
    });
    child.stdin?.end();
  });
}

describe('the check says what a run says', () => {
  test.concurrent.each(RECIPES.map((each) => [each.what, each] as const))(
    '%s',
    async (what, { text, ending = 'yaml', refused, withoutGoose, neverRun }) => {
      const recipesDir = join(folder, what.replace(/\W/g, '-'), 'recipes');
      for (const [name, content] of Object.entries(BESIDE)) {
        mkdirSync(dirname(join(recipesDir, name)), { recursive: true });
        writeFileSync(join(recipesDir, name), content);
      }
      const path = join(recipesDir, `vaela.${ending}`);
      writeFileSync(path, text);

      const checked = await checkRecipe(request(recipesDir, neverRun && { timeoutMs: 1000 }), goose);
      if (refused === undefined) expect(checked).toMatchObject({ state: 'good', checkedBy: 'goose' });
      else expect(checked).toEqual({ state: 'unfit', reason: expect.stringMatching(refused) });

      const ours = await checkRecipe(request(recipesDir), undefined);
      if (withoutGoose === undefined) expect(ours).toMatchObject({ state: 'good', checkedBy: 'us' });
      else expect(ours).toEqual({ state: 'unfit', reason: expect.stringMatching(withoutGoose) });

      if (neverRun) return;
      const ran = await runForReal(path);
      expect(ran, ran.said).toMatchObject({ ok: refused === undefined });
    },
    120_000,
  );
});
