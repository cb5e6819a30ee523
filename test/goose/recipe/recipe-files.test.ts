import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findGoose } from '../../../goose/program/program.ts';
import { checkRecipe, type RecipeRequest } from '../../../goose/recipe/check.ts';
import { userEnvironment } from '../../../goose/start/command-line.ts';
import { allowed } from '../../support/allowed.ts';
import { gooseBin } from '../../support/goose-bin.ts';
import { gooseHome } from '../../support/goose-home.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const URL = 'http://127.0.0.1:3300/mcp';
const TOP = 'title: t\ndescription: d\n';
const WELL = `${TOP}prompt: p\n`;

/** A folder of recipes, and checks of them by the real goose. `asked` is how often it was asked for a recipe. */
async function stand(folder: string) {
  const recipesDir = join(folder, 'recipes');
  mkdirSync(recipesDir);
  const log = join(folder, 'asked');
  const wrapper = join(folder, 'goose');
  writeFileSync(log, '');
  writeFileSync(wrapper, `#!/bin/sh\necho "$*" >>'${log}'\nexec '${gooseBin()}' "$@"\n`);
  chmodSync(wrapper, 0o755);
  const env = userEnvironment(gooseHome(join(folder, 'home'), 'http://127.0.0.1:9'));
  const goose = await findGoose(wrapper, env);
  return {
    recipesDir,
    write: (name: string, text: string) => writeFileSync(join(recipesDir, name), text),
    check: (agent: string, tag?: string, more: Partial<RecipeRequest> = {}) => {
      const tags = tag === undefined ? ['urgent'] : ['urgent', tag];
      const request = { recipesDir, agent, tags, basePath: folder, queue: null, env, tinytaskMcpUrl: URL };
      return checkRecipe({ ...request, ...more }, goose);
    },
    asked: () => readFileSync(log, 'utf8').split('--render-recipe').length - 1,
  };
}

test('recipes of agents and of tags, and files that are none', async () => {
  using folder = temporaryFolder();
  const { recipesDir, write, check } = await stand(folder.path);
  write('vaela.yaml', `${WELL}settings:\n  goose_provider: openai\n`);
  symlinkSync('vaela.yaml', join(recipesDir, 'alias.yaml'));
  const path = join(recipesDir, 'vaela.yaml');
  const vaela = { path, provider: 'openai' };
  expect(await check('vaela')).toMatchObject({ recipe: { ...vaela, name: 'vaela' }, beside: [] });
  expect(await check('nobody', 'recipe:alias')).toMatchObject({ recipe: { ...vaela, name: 'alias' } });

  mkdirSync(join(recipesDir, 'folder.yaml'));
  execFileSync('mkfifo', [join(recipesDir, 'pipe.yaml')]);
  symlinkSync('/dev/zero', join(recipesDir, 'device.yaml'));
  writeFileSync(join(folder.path, 'outside.yaml'), WELL);
  symlinkSync(join(folder.path, 'outside.yaml'), join(recipesDir, 'linked.yaml'));
  symlinkSync('nowhere.yaml', join(recipesDir, 'dangling.yaml'));
  const refused: [agent: string, tag: string | undefined, state: 'missing' | 'unfit', reason: RegExp][] = [
    ['nobody', undefined, 'missing', /there is no recipe .*nobody\.yaml \(nor \.json\): write it/],
    ['dangling', undefined, 'missing', /there is no recipe .*dangling\.yaml/],
    ['vaela', 'recipe:nope', 'missing', /nope\.yaml .*: write it, or change recipe:nope$/],
    ['vaela', 'recipe:../outside', 'unfit', /"recipe:\.\.\/outside".*is not a name/],
    ['vaela', 'recipe:', 'unfit', /"recipe:".*is not a name/],
    ['vaela', `recipe:${'x'.repeat(900_000)}`, 'unfit', /^.{0,300}$/],
    ['linked', undefined, 'unfit', /linked\.yaml links to .*outside\.yaml, outside/],
    ['device', undefined, 'unfit', /device\.yaml links to \/dev\/zero, outside/],
    ['folder', undefined, 'unfit', /folder\.yaml is not a file/],
    ['pipe', undefined, 'unfit', /pipe\.yaml is not a file/],
  ];
  for (const [agent, tag, state, reason] of refused) {
    expect(await check(agent, tag)).toEqual({ state, reason: expect.stringMatching(reason) });
  }
});

test('one of several files counts, and the others are named', async () => {
  using folder = temporaryFolder();
  const { recipesDir, write, check } = await stand(folder.path);
  const [yaml, json, yml] = ['yaml', 'json', 'yml'].map((each) => join(recipesDir, `a.${each}`));
  write('a.yml', WELL);
  expect(await check('a')).toMatchObject({ state: 'unfit', reason: expect.stringContaining('rename it') });
  write('a.json', '{"title": "t", "description": "d", "prompt": "p"}');
  expect(await check('a')).toMatchObject({ recipe: { path: json }, beside: [yml] });
  write('a.yaml', WELL);
  expect(await check('a')).toMatchObject({ recipe: { path: yaml }, beside: [json, yml] });
});

test('an extension that brings TinyTask is found in whatever form the recipe has', async () => {
  using folder = temporaryFolder();
  const { write, check } = await stand(folder.path);
  const bringing = (name: string, uri: string) =>
    `extensions:\n  - {type: streamable_http, name: ${name}, uri: "${uri}"}\n`;
  write('plain.yaml', `${WELL}${bringing('other', 'http://other/mcp')}`);
  write('by-name.yaml', `${WELL}${bringing('tinytask', 'http://other/mcp')}`);
  write('by-url.yaml', `${WELL}${bringing('tt', `${URL}/`)}`);
  write('by-our-name.yaml', `${WELL}${bringing('127_0_0_1_3300_mcp', 'http://other/mcp')}`);
  write('part.txt', bringing('tt', URL));
  write('by-include.yaml', `{% include "part.txt" %}\n${WELL}`);
  write('wrapped.yaml', `recipe:\n${`${WELL}${bringing('tt', URL)}`.replace(/^(?=.)/gm, '  ')}`);
  write('conditional.yaml', `${WELL}# {% if false %}\n${bringing('tt', URL)}# {% endif %}\n`);
  const own = async (name: string) => {
    const checked = await check(name);
    return checked.state === 'good' ? checked.recipe.tinytaskExtension : checked.reason;
  };
  expect(await own('plain')).toBeUndefined();
  expect(await own('by-name')).toBe('tinytask');
  expect(await own('by-url')).toBe('tt');
  expect(await own('by-our-name')).toBe('127_0_0_1_3300_mcp');
  expect(await own('by-include')).toBe('tt');
  expect(await own('wrapped')).toBe('tt');
  expect(await own('conditional')).toBeUndefined();
});

test('a name without end in a recipe does not get into the reason whole', async () => {
  using folder = temporaryFolder();
  const { write, check } = await stand(folder.path);
  const extension = `  - {type: builtin, name: ${'x'.repeat(10_000)}}\n`;
  write('a.yaml', `${WELL}extensions:\n${extension}${extension}`);
  const reason = expect.stringMatching(/^.{0,600}$/);
  expect(await check('a')).toEqual({ state: 'unfit', reason });
  write('a.yaml', `${TOP}prompt: "{{ ${'x'.repeat(10_000)} }}"\n`);
  expect(await check('a')).toEqual({ state: 'unfit', reason });
});

test('goose is asked again when what it looked at may have changed, and only then', async () => {
  using folder = temporaryFolder();
  const { write, check, asked } = await stand(folder.path);
  const state = async (agent: string) => (await check(agent)).state;
  write('alone.yaml', WELL);
  expect([await state('alone'), await state('alone'), asked()]).toEqual(['good', 'good', 1]);
  write('alone.yaml', TOP);
  expect([await state('alone'), await state('alone')]).toEqual(['unfit', 'unfit']);
  write('alone.yaml', WELL);
  expect(await state('alone')).toBe('good');

  write('part.txt', TOP);
  write('including.yaml', '{% include "part.txt" %}\nprompt: p\n');
  expect(await state('including')).toBe('good');
  write('part.txt', 'title: t\n');
  expect(await state('including')).toBe('unfit');

  write('sub.yaml', WELL);
  write('calling.yaml', `${WELL}sub_recipes:\n  - {name: s, path: sub.yaml}\n`);
  expect(await state('calling')).toBe('good');
  execFileSync('rm', [join(folder.path, 'recipes', 'sub.yaml')]);
  expect(await state('calling')).toBe('unfit');
});

test('a pipe that goose waits at holds it only until its time is over', async () => {
  using folder = temporaryFolder();
  const { recipesDir, write, check } = await stand(folder.path);
  execFileSync('mkfifo', [join(recipesDir, 'pipe.txt')]);
  write('a.yaml', `{% include "pipe.txt" %}\n${WELL}`);
  const started = performance.now();
  expect(await check('a', undefined, { timeoutMs: 500 })).toMatchObject({
    state: 'unfit',
    reason: expect.stringContaining('had not answered when its time was over'),
  });
  expect(performance.now() - started).toBeLessThan(allowed(15_000));
});
