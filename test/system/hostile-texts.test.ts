import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowed } from '../support/allowed.ts';
import { type CommandLine, piped, type Ran, tinyscheduler } from '../support/command-line.ts';
import { expectHarmless, expectHarmlessJson, HOSTILE } from '../support/hostile-texts.ts';
import { type System, startSystem } from '../support/system.ts';

const ATTACK =
  '\u001b[2J\u001b]0;x\u0007hi\u001b]52;c;cm0gLXJmIC8=\u0007\u009b31m\u202e\u200b\nScheduler: paused';

let system: System;
let at: CommandLine;
/** Two tasks for each way in which a text can be hostile. */
let ids: number[];

beforeAll(async () => {
  system = await startSystem();
  at = { env: system.env, cwd: system.dir };
  await system.agents([{ agentName: 'ada', agentType: 'dev' }]);
  for (const text of [ATTACK, ...Object.values(HOSTILE)]) {
    const more = { queue_name: text, tags: [text, `recipe:${text}`], description: text };
    await system.tool('create_task', { title: text, created_by: text, ...more });
    await system.tool('create_task', { title: text, created_by: text, ...more, assigned_to: text });
  }
  ids = (await system.tinytask.list({ limit: 1_000 })).map(({ id }) => id).sort((a, b) => a - b);
});
afterAll(() => system.stop());

function expectClean({ stdout, stderr }: Ran): void {
  expectHarmless(stdout);
  expectHarmless(stderr);
  // Nobody else has written a line that looks like one of ours.
  expect(`${stdout}\n${stderr}`).not.toMatch(/^Scheduler: paused$/m);
}

const answers: [string, () => Promise<string[]> | string[], number][] = [
  ['status', () => ['status'], 0],
  ['a dry run', () => ['run', '--once', '--dry-run'], 0],
  ['add', () => ['add', ATTACK, '--queue', ATTACK], 0],
  ['add with a long title', () => ['add', 'long title '.repeat(9_000)], 0],
  ['config', () => ['config', '--show'], 0],
];

describe.each(answers)('%s', (_name, command, code) => {
  test('answers nothing that a terminal would obey', async () => {
    const ran = await tinyscheduler(at, ...(await command()));
    expectClean(ran);
    expect(ran).toMatchObject({ code });
    expect(ran.stdout).not.toBe('');
  });
});

test('explain shows each such task in a line', async () => {
  // Those of `ATTACK`, of one that makes a line, and of the long ones.
  const shown = [...ids.slice(0, 2), ...ids.slice(12, 14), ...ids.slice(-4)];
  for (const id of shown) {
    const ran = await tinyscheduler(at, 'explain', String(id));
    expectClean(ran);
    expect(ran.stdout).toMatch(new RegExp(`^Task ${id} ".+" is idle`));
    expect(ran.stdout.split('\n')[0]?.length).toBeLessThan(5_000);
  }
});

test.each([
  ['status', '--json'],
  ['run', '--once', '--dry-run', '--json'],
  ['config', '--show', '--json'],
])(
  '%s %s %s: what is read of it is what was written',
  async (...command) => {
    const { stdout, code } = await tinyscheduler(at, ...command.filter((word) => word !== undefined));
    expect(code).toBe(0);
    expectHarmlessJson(stdout);
    const read = JSON.stringify(JSON.parse(stdout));
    if (command[0] !== 'config') expect(read).toContain(JSON.stringify(ATTACK).slice(1, -1));
  },
  60_000,
);

describe('complaints', () => {
  const wrong: [string, string[], Record<string, string>][] = [
    ['an option', [`--${ATTACK}`], {}],
    ['a command', [ATTACK], {}],
    ['a task id', ['explain', ATTACK], {}],
    ['an agent', ['pause', '--agent', ATTACK], {}],
    ['a value of the environment', ['status'], { TINYSCHEDULER_LOOP_INTERVAL_SEC: ATTACK }],
    ['a path', ['--env-file', `/nowhere/${ATTACK}`, 'status'], {}],
    ['an address', ['add', 'x'], { TINYSCHEDULER_MCP_ENDPOINT: `http://127.0.0.1:1/${ATTACK}` }],
    ['a file of agents', ['validate-config'], { TINYSCHEDULER_AGENT_CONTROL_FILE: 'hostile.json' }],
    [
      'a file of agents in a pass',
      ['run', '--once', '--dry-run'],
      { TINYSCHEDULER_AGENT_CONTROL_FILE: 'hostile.json' },
    ],
    ['a name of a recipe folder', ['validate-config'], { TINYSCHEDULER_RECIPES_DIR: ATTACK }],
  ];
  test.each(wrong)(
    'about %s',
    async (_what, command, env) => {
      await writeFile(
        join(system.dir, 'hostile.json'),
        JSON.stringify([
          { agentName: ATTACK, agentType: ATTACK, [ATTACK]: 1 },
          { agentName: 'ada', agentType: ATTACK },
        ]),
      );
      const ran = await tinyscheduler({ ...at, env: { ...at.env, ...env } }, ...command);
      expectClean(ran);
      expect(ran.stdout + ran.stderr).not.toBe('');
    },
    60_000,
  );
});

test('status --watch ends when its reader does', async () => {
  const startedAt = performance.now();
  const read = await piped(at, 'head -2', 'status', '--watch');
  expect(read).toMatchObject({ code: 0, stderr: '' });
  expect(read.stdout.split('\n')[0]).toMatch(/^Scheduler: /);
  expect(performance.now() - startedAt).toBeLessThan(allowed(20_000));
});
