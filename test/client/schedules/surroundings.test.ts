import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { definitionOf } from '../../../client/schedules/definition.ts';
import { surroundingsOf } from '../../../client/schedules/surroundings.ts';
import { loadConfig } from '../../../config/load.ts';
import { sayDefinitionProblem, sayDefinitionWarning } from '../../../words/schedule-problem.ts';

const top = mkdtempSync(join(tmpdir(), 'surroundings-'));
const [bin, recipes] = [join(top, 'bin'), join(top, 'recipes')];
for (const folder of [bin, recipes, join(bin, 'sub')]) mkdirSync(folder);
const program = (path: string, mode = 0o755) => {
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
};
program(join(bin, 'cleanup.sh'));
program(join(bin, 'sub', 'deep.sh'));
program(join(bin, 'plain.txt'), 0o644);
program(join(top, 'outside.sh'));
symlinkSync(join(top, 'outside.sh'), join(bin, 'link.sh'));
symlinkSync(join(bin, 'cleanup.sh'), join(bin, 'inner.sh'));
writeFileSync(join(recipes, 'night.yaml'), 'title: t\n');
writeFileSync(join(top, 'secret.yaml'), 'title: t\n');
symlinkSync(join(top, 'secret.yaml'), join(recipes, 'linked.yaml'));
writeFileSync(join(top, 'agents.json'), JSON.stringify([{ agentName: 'ada', agentType: 'dev' }]));
afterAll(() => rmSync(top, { recursive: true }));

const around = (more: Record<string, string> = {}) =>
  surroundingsOf(
    loadConfig({
      flags: {},
      cwd: top,
      env: {
        ...{ TINYSCHEDULER_RECIPES_DIR: recipes, TINYSCHEDULER_BIN_DIR: bin, ...more },
        TINYSCHEDULER_AGENT_CONTROL_FILE: join(top, 'agents.json'),
      },
    }).config,
  );

async function told(fields: Record<string, string>, more: Record<string, string> = {}): Promise<string[]> {
  const read = await definitionOf({ name: 'a', every: '1h', ...fields }, await around(more));
  return [
    ...('problems' in read ? read.problems.map((each) => `! ${sayDefinitionProblem(each, String)}`) : []),
    ...read.warnings.map((each) => sayDefinitionWarning(each, String)),
  ];
}

describe('the program of a command', () => {
  test.each<[string, string, RegExp[]]>([
    ['is there', 'cleanup.sh', []],
    ['is in a folder of it', 'sub/deep.sh', []],
    ['is a link within it', 'inner.sh', []],
    ['is not there yet', 'later.sh', [/^it could not be started now: there is no program "later\.sh" in/]],
    ['is no program', 'plain.txt', [/^it could not be started now: .*may not be executed/]],
    ['is a directory', 'sub', [/is no file/]],
    [
      'leads out',
      '../outside.sh',
      [/^! command: the program "\.\.\/outside\.sh" is not run: .*without "\.\."/],
    ],
    ['leads out and is not there', '../nothing', [/^! command: /]],
    ['leads out by its whole path', join(top, 'outside.sh'), [/^! command: /]],
    ['is a link that leads out', 'link.sh', [/^! command: .* leads out/]],
  ])('%s', async (_, command, expected) => {
    expect(await told({ command })).toEqual(expected.map((each) => expect.stringMatching(each)));
  });

  test('there is none where programs are not switched on', async () => {
    expect(await told({ command: 'cleanup.sh' }, { TINYSCHEDULER_BIN_DIR: '' })).toEqual([
      expect.stringMatching(/^! command: no program is run, since TINYSCHEDULER_BIN_DIR is not set/),
    ]);
  });
});

describe('the recipe of a task', () => {
  test.each<[string, string, RegExp[]]>([
    ['is there', 'night', []],
    ['is not there yet', 'later', [/^there is no recipe "later" in ".*recipes" yet$/]],
    [
      'is a link that leads out',
      'linked',
      [/^! recipe is "linked": the recipe .* links to .*secret\.yaml, outside/],
    ],
    ['leads out', '../secret', [/^! recipe: "\.\.\/secret" is not a name/]],
  ])('%s', async (_, recipe, expected) => {
    expect(await told({ title: 't', queue: 'dev', recipe })).toEqual(
      expected.map((each) => expect.stringMatching(each)),
    );
  });
});

test('queues and agents are those of the control file', async () => {
  expect(await told({ title: 't', agent: 'adda' })).toEqual([expect.stringMatching(/did you mean "ada"/)]);
  expect(await around()).toMatchObject({ queues: ['dev'], loopIntervalMs: 60_000 });
});
