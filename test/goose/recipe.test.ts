import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveRecipe } from '../../goose/recipe.ts';
import { temporaryFolder } from '../support/stub-runs.ts';

const URL = 'http://127.0.0.1:3300/mcp';

test('recipes of agents and of tags, and all that is refused', async () => {
  using folder = temporaryFolder();
  const recipesDir = join(folder.path, 'recipes');
  mkdirSync(join(recipesDir, 'folder.yaml'), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(recipesDir, `${name}.yaml`), text);
  write('vaela', 'title: t\nsettings:\n  goose_provider: openai\n');
  write(
    'by-name',
    'title: t\nextensions:\n  - {type: streamable_http, name: tinytask, uri: "http://other/mcp"}\n',
  );
  write('by-url', `title: t\nextensions:\n  - {type: streamable_http, name: tt, uri: "${URL}/"}\n`);
  write('broken', 'title: [\nprompt: "secret');
  write('text', 'just text');
  writeFileSync(join(folder.path, 'outside.yaml'), 'title: t');
  symlinkSync(join(folder.path, 'outside.yaml'), join(recipesDir, 'linked.yaml'));
  symlinkSync('vaela.yaml', join(recipesDir, 'alias.yaml'));
  const resolve = (agent: string, ...tags: string[]) =>
    resolveRecipe({ recipesDir, agent, tags, tinytaskMcpUrl: URL });

  const vaela = { path: join(recipesDir, 'vaela.yaml'), provider: 'openai' };
  expect(await resolve('vaela', 'urgent')).toEqual({ ok: true, recipe: { ...vaela, name: 'vaela' } });
  expect(await resolve('vaela', 'recipe:alias')).toEqual({ ok: true, recipe: { ...vaela, name: 'alias' } });
  expect(await resolve('by-name')).toMatchObject({ recipe: { tinytaskExtension: 'tinytask' } });
  expect(await resolve('vaela', 'recipe:by-url')).toMatchObject({ recipe: { tinytaskExtension: 'tt' } });

  const refused: [agent: string, tag: string | undefined, reason: RegExp][] = [
    ['nobody', undefined, /there is no recipe .*nobody\.yaml: write it/],
    ['vaela', 'recipe:nope', /nope\.yaml: write it, or change recipe:nope$/],
    ['vaela', 'recipe:../outside', /"recipe:\.\.\/outside".*is not a name/],
    ['vaela', 'recipe:', /"recipe:".*is not a name/],
    ['linked', undefined, /linked\.yaml links to .*outside\.yaml, outside/],
    ['folder', undefined, /folder\.yaml is not a file/],
    ['broken', undefined, /broken\.yaml is broken: /],
    ['text', undefined, /text\.yaml is broken: it is not a YAML mapping/],
  ];
  for (const [agent, tag, reason] of refused) {
    const verdict = { kind: 'misconfigured', reason: expect.stringMatching(reason) };
    expect(await resolve(agent, ...(tag === undefined ? [] : [tag]))).toEqual({ ok: false, verdict });
  }
});
