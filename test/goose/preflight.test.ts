import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type PreflightRequest, preflight } from '../../goose/preflight.ts';
import { gooseBin } from '../support/goose-bin.ts';
import { gooseHome, writeRecipe } from '../support/goose-home.ts';
import { temporaryFolder } from '../support/stub-runs.ts';

test('what has to be there before a task is claimed', async () => {
  using folder = temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const recipesDir = at('recipes');
  writeRecipe(recipesDir, 'vaela', 'Do it.');
  writeFileSync(join(recipesDir, 'refused.yaml'), 'title: [a]\ndescription: d\nprompt: p\n');
  writeFileSync(join(recipesDir, 'undeclared.yaml'), 'title: t\ndescription: d\nprompt: "{{ task_id }}"\n');
  writeFileSync(at('file'), '');
  mkdirSync(at('bin'));
  const script = (name: string, text: string) => {
    writeFileSync(at('bin', name), text);
    chmodSync(at('bin', name), 0o755);
    return at('bin', name);
  };
  const database = script('goose', '#!/bin/sh\necho "Usage: goose [OPTIONS] DRIVER DBSTRING COMMAND"\n');
  const noProgram = script('no-program', '\x7fELF\0\0\0');
  symlinkSync(gooseBin(), at('bin', 'real-goose'));
  symlinkSync('/etc', at('linked'));
  const env = gooseHome(at('home'), 'http://127.0.0.1:9');
  const { GOOSE_PROVIDER: _, ...withoutProvider } = env;
  mkdirSync(at('configured', '.config', 'goose'), { recursive: true });
  writeFileSync(at('configured', '.config', 'goose', 'config.yaml'), 'GOOSE_PROVIDER: openai\n');
  const good: PreflightRequest = {
    gooseBin: gooseBin(),
    recipesDir,
    agent: 'vaela',
    tags: [],
    basePath: folder.path,
    queue: null,
    env,
    workingDir: folder.path,
    logDir: at('state', 'logs'),
    runningDir: at('state', 'running'),
  };

  const recipe = { path: join(recipesDir, 'vaela.yaml'), extensions: ['developer'], name: 'vaela' };
  expect(await preflight(good)).toEqual({ ok: true, gooseBin: gooseBin(), recipe });
  const fine: Partial<PreflightRequest>[] = [
    { gooseBin: 'real-goose', env: { ...env, PATH: `relative:${at('bin')}` } },
    { env: { ...withoutProvider, HOME: at('configured') } },
    { env: { ...withoutProvider, XDG_CONFIG_HOME: at('configured', '.config') } },
  ];

  for (const changes of fine) expect(await preflight({ ...good, ...changes })).toMatchObject({ ok: true });

  script('wrap', '#!/bin/sh\nexec "$@"\n');
  const launched = await preflight({ ...good, launchPrefix: ['bin/wrap', '-x'] });
  expect(launched).toMatchObject({ ok: true, launchPrefix: [at('bin', 'wrap'), '-x'] });

  const unfit: [Partial<PreflightRequest>, RegExp][] = [
    [{ gooseBin: 'nogoose' }, /no "nogoose" on PATH: install goose or set TINYSCHEDULER_GOOSE_BIN/],
    [{ gooseBin: at('nogoose') }, /there is no goose at .*nogoose/],
    [{ gooseBin: at('file') }, /file is not executable: run chmod/],
    [{ gooseBin: dirname(gooseBin()) }, /there is no goose at/],
    [{ gooseBin: database }, /bin\/goose is not the goose that runs recipes/],
    [{ gooseBin: noProgram }, /no-program is not the goose that runs recipes/],
    [{ agent: 'nobody' }, /there is no recipe .*nobody\.yaml/],
    [{ agent: 'refused' }, /does not take the recipe .*refused\.yaml: .*title: invalid type/],
    [{ agent: 'undeclared' }, /Missing definitions for parameters in the recipe file: task_id; declare/],
    [{ env: withoutProvider }, /goose has no model provider: .*config\.yaml.* or set GOOSE_PROVIDER/],
    [{ workingDir: at('gone') }, /working directory .*gone does not exist/],
    [{ workingDir: at('file') }, /working directory .*file is not a folder/],
    [{ workingDir: at('linked') }, /working directory .*linked leads to \/etc, which belongs to the system/],
    [{ workingDir: '/proc/1' }, /working directory .*\/proc\/1 cannot be written/],
    [{ launchPrefix: ['nonesuch'] }, /the program "nonesuch" of its launchPrefix is not on PATH: install it/],
    [
      { launchPrefix: ['./file'] },
      /the program ".\/file" of its launchPrefix is no file that may be executed/,
    ],
    [{ logDir: at('file', 'logs') }, /the log folder .*logs cannot be written \(ENOTDIR/],
    [{ runningDir: at('file', 'running') }, /the folder of run records .*running cannot be written/],
  ];
  for (const [changes, reason] of unfit) {
    const verdict = { kind: 'misconfigured', reason: expect.stringMatching(reason) };
    expect(await preflight({ ...good, ...changes })).toEqual({ ok: false, verdict });
  }

  writeFileSync(at('outside.yaml'), 'title: t\ndescription: d\nprompt: p\n');
  symlinkSync(at('outside.yaml'), join(recipesDir, 'linked.yaml'));
  const settings = 'settings: {goose_model: m}\nextensions: [{type: builtin, name: developer}]\n';
  writeFileSync(join(recipesDir, 'own.yaml'), `title: t\ndescription: d\nprompt: p\n${settings}`);
  const tagged: [tag: string, reason: RegExp][] = [
    ['recipe:nobody', /there is no recipe .*nobody\.yaml.* or change recipe:nobody/],
    ['recipe:', /the tag "recipe:": "" is not a name/],
    ['recipe:a/../b', /the tag "recipe:a\/\.\.\/b": /],
    ['recipe:linked', /links to .*outside\.yaml, outside/],
    ['recipe:refused', /does not take the recipe .*refused\.yaml/],
    ['recipe:undeclared', /Missing definitions for parameters/],
  ];
  for (const [tag, reason] of tagged) {
    const verdict = { kind: 'task-misconfigured', reason: expect.stringMatching(reason) };
    expect(await preflight({ ...good, tags: [tag] })).toEqual({ ok: false, verdict });
  }
  // What is not the recipe's stays the agent's.
  for (const changes of [{ env: withoutProvider }, { workingDir: at('gone') }, { gooseBin: 'nogoose' }]) {
    const found = await preflight({ ...good, ...changes, tags: ['recipe:vaela'] });
    expect(found).toMatchObject({ ok: false, verdict: { kind: 'misconfigured' } });
  }
  writeFileSync(join(recipesDir, 'bare.yaml'), 'title: t\ndescription: d\nprompt: p\n');
  const brought = async (name: string) => {
    const found = await preflight({ ...good, tags: [`recipe:${name}`] });
    return found.ok ? found.recipe.ofTask : found;
  };
  expect(await brought('bare')).toEqual({ model: false, extensions: false });
  expect(await brought('own')).toEqual({ model: true, extensions: true });
});

test('goose is asked again once its file has changed', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'goose');
  const request = {
    recipesDir: folder.path,
    agent: 'nobody',
    tags: [],
    basePath: folder.path,
    queue: null,
    env: {},
    workingDir: '/',
    logDir: '',
    runningDir: '',
  };
  const reason = async () => {
    const result = await preflight({ ...request, gooseBin: path });
    return result.ok ? '' : result.verdict.reason;
  };
  writeFileSync(path, '#!/bin/sh\necho no\n', { mode: 0o755 });
  expect(await reason()).toMatch(/not the goose/);
  writeFileSync(path, '#!/bin/sh\necho "--recipe stream-json"\n', { mode: 0o755 });
  expect(await reason()).toMatch(/there is no recipe/);
});
