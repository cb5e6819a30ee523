import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadAgents } from '../../config/agent-control.ts';
import { lastGoodPath } from '../../config/last-good.ts';
import { loadConfig } from '../../config/load.ts';
import { needsStarter } from '../../config/starter.ts';
import { allowed } from '../support/allowed.ts';

let basePath: string;
let file: string;
beforeEach(() => {
  basePath = mkdtempSync(join(tmpdir(), 'agent-control-'));
  file = join(basePath, 'agent-control.json');
});
afterEach(() => rmSync(basePath, { recursive: true, force: true }));

const GOOD = [
  { agentName: 'vaela', agentType: 'dev' },
  { agentName: 'oscar', agentType: 'qa', limit: 3 },
];

function load(
  agentLimits: Record<string, number> = {},
  agentControlFile = file,
  starter = false,
  binDir?: string,
) {
  const recipesDir = join(basePath, 'recipes');
  const stateDir = join(basePath, 'state');
  const places = { basePath, recipesDir, stateDir, ...(binDir !== undefined && { binDir }) };
  return loadAgents({ ...{ agentControlFile, agentLimits, starter }, ...places });
}

/** As it is a while after the edit. */
function write(content: unknown): void {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  const anHourAgo = Date.now() / 1_000 - 3_600;
  utimesSync(file, anHourAgo, anHourAgo);
}

test('no file: legacy mode with the limits, said loudly', async () => {
  const { agents, mode, warnings } = await load({ a: 2 });
  expect({ agents, mode }).toEqual({ agents: [{ name: 'a', limit: 2 }], mode: 'legacy' });
  expect(warnings[0]).toMatch(/^LEGACY MODE: there is no agent control file ".*agent-control\.json"/);
});

test('who takes a file of their own away rolls back to legacy mode, and not to the agents of examples/starter', async () => {
  const begun = () => load({ a: 2 }, file, true);
  expect((await begun()).agents.map(({ name }) => name)).toContain('damien');
  write(GOOD);
  expect((await begun()).mode).toBe('queue');
  renameSync(file, `${file}.disabled`);
  const rolledBack = await begun();
  expect([rolledBack.mode, rolledBack.agents]).toEqual(['legacy', [{ name: 'a', limit: 2 }]]);
  const loaded = loadConfig({ env: {}, cwd: basePath });
  mkdirSync(join(basePath, 'docs/technical'), { recursive: true });
  expect(needsStarter(loaded)).toBe(true);
  renameSync(`${file}.disabled`, loaded.config.agentControlFile);
  await load({}, loaded.config.agentControlFile);
  rmSync(loaded.config.agentControlFile);
  expect(needsStarter(loaded)).toBe(false);
});

describe('a good file', () => {
  test('gives the agents; AGENT_LIMITS over its own limit, 1 slot without either', async () => {
    write([...GOOD, { agentName: 'sage', agentType: 'dev', hostGroup: 'gpu', workingDir: 'work', _note: 1 }]);
    expect(await load({ sage: 0, atlas: 4 })).toEqual({
      mode: 'queue',
      warnings: [],
      agents: [
        { name: 'vaela', queue: 'dev', limit: 1 },
        { name: 'oscar', queue: 'qa', limit: 3 },
        { name: 'sage', queue: 'dev', limit: 0, hostGroup: 'gpu', workingDir: join(basePath, 'work') },
        { name: 'atlas', limit: 4 },
      ],
    });
    expect((await load({ oscar: 7 })).agents[1]?.limit).toBe(7);
  });

  test('may have a byte order mark, and may be a link', async () => {
    writeFileSync(join(basePath, 'real.json'), `\uFEFF${JSON.stringify(GOOD)}`);
    symlinkSync(join(basePath, 'real.json'), file);
    expect((await load()).agents).toHaveLength(2);
  });

  test('without agents is taken at its word, with a warning', async () => {
    write([]);
    expect(await load()).toMatchObject({
      ...{ agents: [], mode: 'queue', warnings: [expect.stringMatching(/lists no agents/)] },
    });
  });
});

const name = (text: string) =>
  `${JSON.stringify(text)} is not a name: use letters, digits, ".", "_" and "-", starting with a letter or digit, and no ".."`;
const entry = (fields: object) => [{ agentName: 'a', agentType: 'dev', ...fields }];

const OBJECT = 'must be an object such as {"agentName": "vaela", "agentType": "dev"}, not ';
const SECONDS = (key: string, min: number) =>
  `entry 1 (a): ${key} must be a number of seconds from ${min} to 604800, not `;
const NAMES = 'entry 1 (a): env must be a list of at most 64 names of variables';
const PREFIX =
  'entry 1 (a): launchPrefix must be a list with a program and its arguments, such as ["nice", "-n", "10"]';
const LIMIT = 'entry 1 (a): limit must be a whole number from 0 to 1000, not ';

const BROKEN: [string, unknown, string][] = [
  ['empty', '', 'it is empty'],
  [
    'cut off',
    '[{"agentName": "a"',
    'it is not JSON: line 1, column 19: the text ends too early: "}" is missing',
  ],
  ['an object', { agents: [] }, 'it must be a JSON array'],
  ['null', 'null', 'it must be a JSON array'],
  ['entries that are no objects', ['a'], `entry 1: ${OBJECT}"a"`],
  ['an entry that is null', [null], `entry 1: ${OBJECT}null`],
  ['an entry that is a list', [GOOD], `entry 1: ${OBJECT}a list`],
  ['a missing field', [{ agentName: 'a' }], 'entry 1 (a): agentType is missing'],
  ['a missing name', [{ agentType: 'a' }], 'entry 1: agentName is missing.'],
  [
    'a misspelt name',
    [{ agent_name: 'a', agentType: 'a' }],
    'entry 1: agentName is missing; perhaps "agent_name" is meant for it',
  ],
  ['a number as name', entry({ agentName: 5 }), 'entry 1: agentName must be a text, not 5'],
  ['an empty name', entry({ agentName: '' }), 'entry 1: agentName is empty'],
  ['an empty queue', entry({ agentType: '' }), 'entry 1 (a): agentType is empty'],
  ['a blank name', entry({ agentName: ' ' }), `entry 1: agentName ${name(' ')}`],
  [
    'a path as name',
    entry({ agentName: '../../etc/passwd' }),
    `entry 1: agentName ${name('../../etc/passwd')}`,
  ],
  ['an option as queue', entry({ agentType: '--x' }), `entry 1 (a): agentType ${name('--x')}`],
  ['a bad host group', entry({ hostGroup: 'a b' }), `entry 1 (a): hostGroup ${name('a b')}`],
  ['an empty directory', entry({ workingDir: '' }), 'entry 1 (a): workingDir is empty'],
  [
    'a template with an unknown name',
    entry({ workingDir: 'w/{task}' }),
    'entry 1 (a): workingDir contains "{task}", and a template may contain {taskId} and {agent} only',
  ],
  [
    'a template that leads out',
    entry({ workingDir: 'w/../../{taskId}' }),
    'entry 1 (a): workingDir is a template and contains "..": what is made for each task has to be inside the base path',
  ],
  [
    'an absolute template',
    entry({ workingDir: '/srv/{taskId}' }),
    'entry 1 (a): workingDir is a template and begins with "/": what is made for each task has to be inside the base path, so name it relative to that',
  ],
  [
    'two places',
    entry({ workingDir: 'w', worktree: { repository: 'r' } }),
    'entry 1 (a): workingDir and worktree both say where it works: remove one of them',
  ],
  [
    'a misspelt key of a worktree',
    entry({ worktree: { repository: 'r', keepDay: 3 } }),
    'entry 1 (a): worktree has "keepDay", which it does not know; it is an object such as {"repository": "repo", "base": "main", "keep": 20, "keepDays": 14}',
  ],
  ['no repository', entry({ worktree: {} }), 'entry 1 (a): worktree.repository is missing'],
  [
    'a base that is an option',
    entry({ worktree: { repository: 'r', base: '--force' } }),
    'entry 1 (a): worktree.base is no branch, tag or commit',
  ],
  [
    'a command as one text',
    entry({ verify: 'npm test' }),
    'entry 1 (a): verify must be a list of arguments such as ["npm", "test"] (for a shell: ["sh", "-c", "…"]), not "npm test"',
  ],
  ['an empty command', entry({ verify: [] }), 'entry 1 (a): verify is an empty list'],
  ['no program', entry({ verify: [''] }), 'entry 1 (a): verify names no program: its first text is empty'],
  [
    'a script as an argument',
    entry({ verify: ['sh', '-c', 'x'.repeat(3_998)] }),
    'entry 1 (a): verify has more than 4000 characters: put it into a file',
  ],
  [
    'an argument that is no text',
    entry({ verify: ['make', 1] }),
    'entry 1 (a): verify (1) must be a text, not 1',
  ],
  [
    'an object without a command',
    entry({ verify: { maxRuntimeSec: 5 } }),
    'entry 1 (a): verify (command) is missing',
  ],
  [
    'an unknown way of completing',
    entry({ completion: 'never' }),
    'entry 1 (a): completion must be "on-success" or "agent", not "never"',
  ],
  ['a NUL in a directory', entry({ workingDir: 'a\0b' }), 'entry 1 (a): workingDir has a NUL character'],
  ['a time as text', entry({ maxRuntimeSec: '1h' }), `${SECONDS('maxRuntimeSec', 1)}"1h".`],
  ['no time', entry({ maxRuntimeSec: 0 }), `${SECONDS('maxRuntimeSec', 1)}0.`],
  ['a stall below 0', entry({ stallSec: -1 }), `${SECONDS('stallSec', 0)}-1.`],
  [
    'no attempt',
    entry({ maxAttempts: 0 }),
    'entry 1 (a): maxAttempts must be a whole number from 1 to 100, not 0.',
  ],
  [
    'half a token',
    entry({ maxTokens: 0.5 }),
    'maxTokens must be a whole number of tokens from 0 to 1000000000, not 0.5.',
  ],
  ['variables as one text', entry({ env: 'K=sk-1' }), `${NAMES}, not a text.`],
  ['variables with values', entry({ env: { K: 'sk-1' } }), `${NAMES}, not an object.`],
  ['a number as variable', entry({ env: ['A', 5] }), `${NAMES}: number 2 is a number.`],
  [
    'a variable with its value',
    entry({ env: ['K=sk-1'] }),
    `${NAMES}: number 1 has a value, and the value comes from the goose host: write "K".`,
  ],
  [
    'a value in place of a name',
    entry({ env: ['sk-1'] }),
    `${NAMES}: number 1 is none (letters, digits and _, 128 at most).`,
  ],
  [
    'a secret of Temporal',
    entry({ env: ['TEMPORAL_API_KEY'] }),
    `${NAMES}: number 1, "TEMPORAL_API_KEY", never reaches goose, since it may be a secret of ours.`,
  ],
  [
    'a secret of ours',
    entry({ env: ['TINYSCHEDULER_RUN_TOKEN'] }),
    'number 1, "TINYSCHEDULER_RUN_TOKEN", never reaches goose',
  ],
  ['too many variables', entry({ env: Array(65).fill('A') }), `${NAMES}, not of 65.`],
  ['a prefix as one text', entry({ launchPrefix: 'nice -n 10' }), `${PREFIX}, not "nice -n 10".`],
  ['an empty prefix', entry({ launchPrefix: [] }), `${PREFIX}: it names no program.`],
  ['a prefix of nothing', entry({ launchPrefix: [''] }), `${PREFIX}: it names no program.`],
  ['a number in a prefix', entry({ launchPrefix: ['nice', '-n', 10] }), `${PREFIX}: number 3 is 10.`],
  ['a NUL in a prefix', entry({ launchPrefix: ['nice', 'a\0b'] }), `${PREFIX}: it has a NUL character.`],
  [
    'a long prefix',
    entry({ launchPrefix: ['nice', 'x'.repeat(4_000)] }),
    `${PREFIX}, at most 64 with 4000 characters together.`,
  ],
  ['a limit below 0', entry({ limit: -1 }), `${LIMIT}-1`],
  ['half a slot', entry({ limit: 1.5 }), `${LIMIT}1.5`],
  ['a limit as text', entry({ limit: 'two' }), `${LIMIT}"two"`],
  ['a limit of null', entry({ limit: null }), `${LIMIT}null`],
  ['a limit as a list', entry({ limit: [1] }), `${LIMIT}a list`],
  ['a limit above all', entry({ limit: 1e300 }), `${LIMIT}1e+300`],
  ['a long text', entry({ limit: 'x'.repeat(100_000) }), `${LIMIT}"${'x'.repeat(59)}….`],
  [
    'a name twice',
    [...GOOD, { agentName: 'vaela', agentType: 'qa' }],
    'entries 1 and 3 have the same agentName "vaela": rename or remove one',
  ],
  [
    'over 1 MB',
    `${JSON.stringify(GOOD)}${' '.repeat(1024 * 1024)}`,
    'bytes, more than the 1048576 that are read',
  ],
];

describe.each(BROKEN)('a file that is broken: %s', (_, content, reason) => {
  test('without a good one before it: no agents, not even those with limits', async () => {
    write(content);
    const { agents, mode, warnings } = await load({ a: 5 });
    expect({ agents, mode }).toEqual({ agents: [], mode: 'queue' });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(reason);
    expect(warnings[0]).toMatch(/nothing is started until it is repaired\.$/);
  });

  test('the last good one stays in force, with the limits of today', async () => {
    write(GOOD);
    await load();
    write(content);
    const { agents, mode, warnings } = await load({ vaela: 9 });
    expect({ agents, mode }).toEqual({
      mode: 'queue',
      agents: [
        { name: 'vaela', queue: 'dev', limit: 9 },
        { name: 'oscar', queue: 'qa', limit: 3 },
      ],
    });
    expect(warnings[0]).toContain(reason);
    expect(warnings[0]).toContain('The last good one (2 agents) stays in force');
  });
});

test('what somebody wrote into env by mistake is not told, since it may be a key', async () => {
  for (const env of [['K=sk-1'], ['sk-1'], 'K=sk-1', { K: 'sk-1' }, [{ K: 'sk-1' }], [['sk-1']]]) {
    write(entry({ env }));
    const { warnings } = await load();
    expect(warnings.join()).toContain('env must be');
    expect(warnings.join()).not.toContain('sk-1');
  }
});

test('what an entry says of its runs, in the units of the domain', async () => {
  const rules = { maxRuntimeSec: 1.5, stallSec: 0, maxAttempts: 5, maxTokens: 7, env: ['K'] };
  write([{ ...entry(rules)[0], launchPrefix: ['nice', '-n', '10'] }, ...GOOD]);
  const { agents, warnings } = await load();
  const { maxAttempts, maxTokens, env } = rules;
  expect(agents[0]?.rules).toEqual({
    ...{ maxRuntimeMs: 1_500, stallMs: 0, maxAttempts, maxTokens, env },
    launchPrefix: ['nice', '-n', '10'],
  });
  expect(agents[1]).not.toHaveProperty('rules');
  expect(warnings).toEqual([]);
});

const WITHOUT_EFFECT: [string, string, string[]][] = [
  [
    'limits',
    '"limits": 5',
    ['entry 1 (a): "limits" is no key of an agent and has no effect; perhaps "limit" is meant'],
  ],
  [
    'Limit',
    '"Limit": 5',
    ['entry 1 (a): "Limit" is no key of an agent and has no effect; perhaps "limit" is meant'],
  ],
  [
    'workDir',
    '"workDir": "x"',
    ['entry 1 (a): "workDir" is no key of an agent and has no effect; perhaps "workingDir" is meant'],
  ],
  [
    'a key like none',
    '"colour": 1',
    [
      'entry 1 (a): "colour" is no key of an agent and has no effect; the keys are agentName, agentType, limit, hostGroup, workingDir, worktree, completion, verify, maxRuntimeSec, stallSec, maxAttempts, maxTokens, env, launchPrefix, budget, poolBudget',
    ],
  ],
  [
    'verify after the fact',
    '"completion": "agent", "verify": ["true"]',
    [
      'entry 1 (a): verify comes after the agent has completed its task (completion is "agent"), so it only comments on a task that does not verify',
    ],
  ],
  ['notes', '"_x": 1, "//": 1, "$schema": 1, "description": 1, "comment": 1', []],
  [
    'a key twice',
    '"limit": 5,\n"limit": 6',
    ['entry 1 (a): "limit" is there twice (lines 1 and 2), and the last one counts'],
  ],
  ['a key twice further in', '"_x": {"limit": 5, "limit": 6}', []],
  ['nesting', `"_x": ${'['.repeat(5000)}${']'.repeat(5000)}`, []],
];

test.each(WITHOUT_EFFECT)(
  'what has no effect is a warning, and the file stays good: %s',
  async (_, text, said) => {
    write(`[{"agentName": "a", "agentType": "dev", ${text}}]`);
    const { agents, warnings } = await load();
    expect(agents).toMatchObject([{ name: 'a', queue: 'dev' }]);
    expect(warnings).toEqual(said.map((each) => `The agent control file ${JSON.stringify(file)}: ${each}.`));
  },
);

test('of a thousand mistakes only some are told, and 1 MB of keys given twice takes no time', async () => {
  write(Array.from({ length: 1000 }, (_, at) => ({ agentName: `a${at}`, agentType: 'dev', limits: 1 })));
  const { agents, warnings } = await load();
  expect([agents.length, warnings.length]).toEqual([1000, 11]);
  write(`[{"agentName": "a", "agentType": "dev"${', "limit": 1'.repeat(80_000)}}]`);
  const started = performance.now();
  expect((await load()).warnings).toHaveLength(10);
  expect(performance.now() - started).toBeLessThan(allowed(5000));
});

test('a pipe in its place is not waited for', async () => {
  execFileSync('mkfifo', [file]);
  expect((await load()).warnings[0]).toContain('it is not a file');
});

test('a directory and a link to nowhere in its place are unreadable, not missing', async () => {
  write(GOOD);
  await load();
  rmSync(file);
  mkdirSync(file);
  expect((await load()).warnings[0]).toContain('it is not a file');
  rmSync(file, { recursive: true });
  symlinkSync(join(basePath, 'nowhere'), file);
  expect(await load()).toMatchObject({ mode: 'queue', agents: [{ name: 'vaela' }, { name: 'oscar' }] });
});

test.each<[how: string, begin: () => void]>([
  ['empties it first', () => writeFileSync(file, '')],
  ['has written the half of it', () => writeFileSync(file, JSON.stringify(GOOD).slice(0, 30))],
  ['has moved it away', () => renameSync(file, `${file}~`)],
])('an editor that %s is not told of', async (_, begin) => {
  write(GOOD);
  begin();
  const loading = load();
  setTimeout(() => write([...GOOD, { agentName: 'sage', agentType: 'dev' }]), 40);
  const { agents, mode, warnings } = await loading;
  expect({ mode, warnings }).toEqual({ mode: 'queue', warnings: [] });
  expect(agents.map(({ name }) => name)).toEqual(['vaela', 'oscar', 'sage']);
});

test('what is broken, or away, is told of soon, however often its folder changes', async () => {
  const changing = setInterval(() => mkdtempSync(join(basePath, 'x')), 10);
  try {
    for (const [begin, said] of [
      [() => writeFileSync(file, '['), /cannot be used/],
      [() => rmSync(file), /^LEGACY MODE/],
    ] as const) {
      begin();
      const startedAt = performance.now();
      expect((await load()).warnings[0]).toMatch(said);
      expect(performance.now() - startedAt).toBeLessThan(allowed(3_000));
    }
  } finally {
    clearInterval(changing);
  }
});

test("another file's last good copy is not used", async () => {
  write(GOOD);
  await load();
  const other = join(basePath, 'other.json');
  writeFileSync(other, '{');
  expect((await load({}, other)).agents).toEqual([]);
});

test('a removed file is legacy mode, although there is a last good one', async () => {
  write(GOOD);
  await load();
  rmSync(file);
  expect((await load()).mode).toBe('legacy');
});

test('a broken last good copy is no copy; a copy that cannot be kept is a warning', async () => {
  write('{');
  mkdirSync(join(basePath, 'state'));
  writeFileSync(lastGoodPath(join(basePath, 'state')), '{"path": 1');
  expect((await load()).agents).toEqual([]);
  rmSync(join(basePath, 'state'), { recursive: true });
  writeFileSync(join(basePath, 'state'), 'in the way');
  write(GOOD);
  const { agents, warnings } = await load();
  expect(agents).toHaveLength(2);
  expect(warnings[0]).toMatch(/^A copy of the agent control file could not be kept: /);
});

test('the copy is read only when somebody has written it, and is then made anew', async () => {
  const copy = lastGoodPath(join(basePath, 'state'));
  write(GOOD);
  await load();
  const kept = readFileSync(copy, 'utf8');
  const other = 'x'.repeat(kept.length);
  const age = (seconds: number) => utimesSync(copy, seconds, seconds);
  age(1_000_000);
  await load();
  // Nobody can see this by the file's facts.
  writeFileSync(copy, other);
  age(1_000_000);
  await load();
  expect(readFileSync(copy, 'utf8')).toBe(other);
  age(2_000_000);
  await load();
  expect(readFileSync(copy, 'utf8')).toBe(kept);
  rmSync(copy);
  await load();
  expect(readFileSync(copy, 'utf8')).toBe(kept);
});

test('the copy is written whole and leaves no temporary file', async () => {
  write(GOOD);
  await Promise.all(Array.from({ length: 5 }, () => load()));
  expect(readdirSync(join(basePath, 'state'))).toEqual(['agent-control.last-good.json']);
  expect(JSON.parse(readFileSync(lastGoodPath(join(basePath, 'state')), 'utf8'))).toEqual({
    path: file,
    entries: GOOD,
  });
});

describe('the agent of programs', () => {
  const RULES = { maxRuntimeSec: 9, maxAttempts: 1, env: [], launchPrefix: ['nice'], workingDir: 'work' };
  const ENTRY = { agentName: 'commands', agentType: 'dev', limit: 2, hostGroup: 'far', ...RULES };
  const BUDGET = { tokensPerDay: 1, timeZone: 'UTC' };
  const ofPrograms = async (limits: Record<string, number>, binDir?: string) => {
    const { agents, warnings } = await load(limits, file, false, binDir);
    const said = warnings.filter((warning) => warning.includes('"commands"'));
    return { agent: agents.filter(({ name }) => name === 'commands'), said, all: agents.length };
  };

  test.each<[string, Record<string, number>, unknown, object]>([
    ['one slot by itself', {}, GOOD, { limit: 1 }],
    ['those of the limits', { commands: 3 }, GOOD, { limit: 3 }],
    ['none', { commands: 0 }, GOOD, { limit: 0 }],
    ['one without a control file', {}, undefined, { limit: 1 }],
    [
      'those of its entry, and no queue nor budget',
      {},
      [...GOOD, { ...ENTRY, budget: BUDGET, poolBudget: BUDGET }],
      {
        ...{ limit: 2, hostGroup: 'far' },
        rules: { maxRuntimeMs: 9_000, maxAttempts: 1, env: [], launchPrefix: ['nice'] },
      },
    ],
    [
      'those of the limits over its entry',
      { commands: 5 },
      [{ agentName: 'commands', agentType: 'x' }],
      { limit: 5 },
    ],
  ])('has %s where BIN_DIR is set', async (_, limits, written, expected) => {
    if (written !== undefined) write(written);
    const { agent, said } = await ofPrograms(limits, '/programs');
    const place = 'hostGroup' in expected ? { workingDir: join(basePath, 'work') } : {};
    expect(agent).toEqual([{ name: 'commands', ...expected, ...place }]);
    expect(said).toEqual([]);
  });

  test.each<[Record<string, number>, unknown, boolean]>([
    [{}, GOOD, false],
    [{ commands: 3 }, GOOD, true],
    [{}, [...GOOD, ENTRY], true],
  ])('is nobody where BIN_DIR is not set: %j, %j', async (limits, written, isSaid) => {
    write(written);
    const { agent, said, all } = await ofPrograms(limits);
    expect([agent, said.length, all]).toEqual([[], isSaid ? 1 : 0, 2]);
  });

  test('is nobody where a control file is wrong and none was good before', async () => {
    write('{');
    expect((await ofPrograms({}, '/programs')).agent).toEqual([]);
    write(GOOD);
    await load();
    write('{');
    expect((await ofPrograms({}, '/programs')).agent).toHaveLength(1);
  });
});
