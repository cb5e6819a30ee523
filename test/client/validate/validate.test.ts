import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { validateConfig } from '../../../client/validate/validate.ts';
import { loadAgents } from '../../../config/agent-control.ts';
import { isOfTheSystem } from '../../../config/directories.ts';
import { loadConfig } from '../../../config/load.ts';
import { updateEmbeddedState } from '../../../embedded/presence/state-file.ts';
import { preflight } from '../../../goose/preflight.ts';
import { identify } from '../../../os/process-identity.mjs';
import { sayFinding, sayMade } from '../../../words/finding.ts';
import { answeringServer, greetWell, sendResult } from '../../support/answering-server.ts';
import { gooseBin } from '../../support/goose-bin.ts';
import { livingIn } from '../../support/guarded-worker.ts';
import { newRepository } from '../../support/repositories.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'validate-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

async function validate(variables: Record<string, string> = {}, fix = false) {
  const env = {
    PATH: join(base, 'bin'),
    XDG_CACHE_HOME: join(base, 'cache'),
    TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:9',
    ...variables,
  };
  const loaded = loadConfig({ env, cwd: base });
  const address = '127.0.0.1:1';
  const temporal = {
    address,
    namespace: 'default',
    connectionOptions: { address },
    explicitlyConfigured: false,
  };
  const { findings, made } = await validateConfig({ loaded, temporal }, { fix });
  const of = (level: string) => findings.filter((one) => one.level === level).map(sayFinding);
  const codes = findings.filter(({ level }) => level !== 'ok').map(({ code }) => code);
  return {
    errors: of('error'),
    warnings: of('warning'),
    ok: of('ok'),
    codes,
    findings,
    fixed: made.map(sayMade),
  };
}

/** The real goose, with a provider and a home of its own. */
function goose(): Record<string, string> {
  return { TINYSCHEDULER_GOOSE_BIN: gooseBin(), HOME: join(base, 'home'), GOOSE_PROVIDER: 'openai' };
}

function write(name: string, content: unknown): string {
  const path = join(base, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const agents = (...names: string[]) => names.map((agentName) => ({ agentName, agentType: 'dev', limit: 2 }));
const FILE = { TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json' };
const TOP = 'title: t\ndescription: d\n';

test('an empty directory: what is missing is said, and nothing is created', async () => {
  const { errors, warnings, codes, fixed } = await validate();
  expect(errors).toEqual([
    expect.stringMatching(/^Recipes directory ".*" does not exist; --fix creates it\.$/),
    expect.stringMatching(/^There are no agents, so nothing can run: write an agent control file, or let/),
    expect.stringMatching(/^There is no goose on PATH/),
  ]);
  expect(codes.slice(0, 5)).toEqual([
    ...['directory-not-yet', 'directory-not-yet', 'directory-not-yet'],
    ...['directory-missing', 'control-file-missing'],
  ]);
  expect(readdirSync(base)).toEqual([]);
  expect(warnings.slice(3)).toEqual([
    expect.stringMatching(/^Agent control file ".*" does not exist: legacy mode/),
    expect.stringMatching(
      /^TinyTask at http:\/\/127\.0\.0\.1:9\/mcp does not answer \(.*\): start it, or set TINYSCHEDULER_MCP_ENDPOINT\.$/,
    ),
  ]);
  expect(fixed).toEqual([]);
});

test('--fix creates directories and the default control file, and a second --fix nothing', async () => {
  const { errors, warnings, fixed } = await validate(goose(), true);
  expect(errors).toEqual([]);
  expect(fixed).toHaveLength(5);
  expect(fixed.at(-1)).toMatch(/with dispatcher and architect$/);
  expect(JSON.parse(readFileSync(join(base, 'docs/technical/agent-control.json'), 'utf8'))).toEqual([
    { agentName: 'dispatcher', agentType: 'orchestrator' },
    { agentName: 'architect', agentType: 'architect' },
  ]);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^"dispatcher" has no limit, so it has 1 slot: give/),
  );
  expect((await validate(goose(), true)).fixed).toEqual([]);
});

test('--fix never overwrites a broken control file', async () => {
  const file = join(base, 'agents.json');
  writeFileSync(file, '[');
  const { errors } = await validate({ TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json' }, true);
  expect(readFileSync(file, 'utf8')).toBe('[');
  expect(errors[0]).toMatch(/^Agent control file ".*agents\.json": it is not JSON/);
});

test('programs of schedules: their directory, who may write there, and their agent, which needs no recipe', async () => {
  const bin = { ...FILE, TINYSCHEDULER_BIN_DIR: 'bin' };
  write('agents.json', [
    ...agents('a'),
    { agentName: 'commands', agentType: 'x', launchPrefix: ['nothing-like-it'] },
  ]);
  const missing = await validate(bin);
  expect(missing.errors).toContainEqual(
    expect.stringMatching(/^Directory of programs ".*bin" does not exist; --fix/),
  );
  expect(missing.errors).toContainEqual(
    expect.stringMatching(/^"commands" cannot be started: the program "nothing-/),
  );
  chmodSync(write('bin/program', ''), 0o646);
  const { errors, warnings, ok, findings } = await validate(bin);
  expect(errors.filter((error) => error.includes('programs'))).toEqual([]);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^Directory of programs .* is open to others, .*bin\/program"\.$/),
  );
  expect(ok).toContain('"commands" runs the programs of schedules, at most 1 at a time.');
  const ofAgent = findings.filter((found) => 'agent' in found && found.agent === 'commands');
  expect(ofAgent.map(({ code }) => code)).toEqual(['agent-of-programs', 'agent-rules', 'agent-launcher']);
  const off = await validate(FILE);
  expect(
    off.codes.filter((code) => code.startsWith('directory-open') || code === 'agent-of-programs'),
  ).toEqual([]);
});

test('agents: recipes, links out of the recipes directory, limits of nobody, limit 0', async () => {
  write('agents.json', [...agents('a', 'b'), { agentName: 'c', agentType: 'dev', limit: 0 }]);
  write('recipes/a.yaml', `${TOP}prompt: p\n`);
  symlinkSync(write('outside.yaml', TOP), join(base, 'recipes/b.yaml'));
  const { errors, warnings, ok } = await validate(
    { ...goose(), ...FILE, TINYSCHEDULER_AGENT_LIMITS: 'a:1,z:1' },
    true,
  );
  expect(errors).toEqual([
    expect.stringMatching(/^Recipe of "b": the recipe .*b\.yaml links to .*outside\.yaml, outside/),
  ]);
  expect(ok).toContainEqual(expect.stringMatching(/^Recipe of "a", ".*a\.yaml", can be run: goose has/));
  expect(ok).toContainEqual(
    expect.stringMatching(
      /^goose is ".*" \(named, version \d+\.\d+\.\d+\); it runs recipes and streams JSON\.$/,
    ),
  );
  expect(ok).toContain('goose has a model provider.');
  expect(warnings.slice(0, 4)).toEqual([
    expect.stringMatching(/^"c" has the limit 0 and runs nothing: /),
    expect.stringMatching(/c\.yaml" is missing: only tasks with a `recipe:<name>` tag can run on "c"/),
    expect.stringMatching(/^"z" has a limit and is not in the agent control file/),
    expect.stringMatching(/z\.yaml" is missing/),
  ]);
});

test('what it says of a recipe is what a run says, in the same words', async () => {
  write('agents.json', agents('a', 'b', 'c'));
  write('recipes/a.yaml', `${TOP}prompt: "{{ task_id }}"\n`);
  write('recipes/b.json', '{"title": "t", "description": "d", "prompt": "p"}');
  write('recipes/b.yml', `${TOP}prompt: p\n`);
  write('recipes/c.yaml', `${TOP}instructions: i\n`);
  const { errors, warnings, ok } = await validate({ ...goose(), ...FILE }, true);
  const { config, environment } = loadConfig({ env: { ...goose(), PATH: '' }, cwd: base });
  const reasons = await Promise.all(
    ['a', 'c'].map(async (agent) => {
      const { basePath, recipesDir, workingDir, logDir, runningDir } = config;
      const result = await preflight({
        ...{ basePath, recipesDir, workingDir, logDir, runningDir, agent },
        ...{ tags: [], queue: 'dev', env: environment, gooseBin: gooseBin() },
      });
      return result.ok ? '' : `Recipe of "${agent}": ${result.verdict.reason}.`;
    }),
  );
  expect(errors).toEqual(reasons);
  expect(reasons[0]).toContain('task_id; declare');
  expect(ok).toContainEqual(expect.stringMatching(/^Recipe of "b", ".*b\.json", can be run/));
  expect(warnings[0]).toMatch(/^Recipe of "b": ".*b\.yml" does not count, since ".*b\.json" does\.$/);
});

test('without goose recipes are looked at all the same, and it is said who did', async () => {
  write('agents.json', agents('a', 'b', 'c'));
  write('recipes/a.yaml', `${TOP}prompt: p\n`);
  write('recipes/b.yaml', TOP);
  write('recipes/c.yaml', '{% include "head.txt" %}\nprompt: p\n');
  const { errors, warnings, ok } = await validate(FILE, true);
  expect(errors).toEqual([
    expect.stringMatching(/^Recipe of "b": .*b\.yaml cannot be run: it has no prompt/),
    expect.stringMatching(/^There is no goose on PATH/),
  ]);
  expect(ok).toContainEqual(
    expect.stringMatching(/^Recipe of "a".* looks well, and goose has not checked it: there is no goose\.$/),
  );
  expect(warnings[0]).toMatch(
    /^Recipe of "c".* could not be checked: there is no goose, and without it templates/,
  );
});

test('an empty list of agents is an error, and what has no effect a warning', async () => {
  write('agents.json', '[]');
  expect((await validate({ ...goose(), ...FILE }, true)).errors).toEqual([
    expect.stringMatching(/^There are no agents, so nothing can run: add one/),
  ]);
  write('agents.json', [{ agentName: 'a', agentType: 'dev', limits: 5, workingDir: '/etc' }]);
  const { errors, warnings } = await validate({ ...goose(), ...FILE }, true);
  expect(errors).toEqual([]);
  expect(warnings.slice(0, 3)).toEqual([
    expect.stringMatching(
      /entry 1 \(a\): "limits" is no key of an agent and has no effect; perhaps "limit" is meant\.$/,
    ),
    expect.stringMatching(/^"a" has no limit, so it has 1 slot: /),
    'Working directory of "a" "/etc" belongs to the system: name a directory in which agents may write.',
  ]);
});

test('a model provider: missing, named by each recipe, played by the script of npm start', async () => {
  write('agents.json', agents('a', 'b'));
  write('recipes/a.yaml', `${TOP}prompt: p\nsettings: {goose_provider: openai}\n`);
  write('recipes/b.yaml', `${TOP}prompt: p\n`);
  const { GOOSE_PROVIDER: _, ...without } = goose();
  const missing = /^goose has no model provider: run `goose configure` .*; needed by "b"\.$/;
  expect((await validate({ ...without, ...FILE }, true)).errors).toEqual([expect.stringMatching(missing)]);
  const supervisor = identify(process.pid);
  await updateEmbeddedState(join(base, 'state'), { supervisor, model: { url: 'http://127.0.0.1:9' } });
  expect((await validate({ ...without, ...FILE })).ok).toContainEqual(
    expect.stringMatching(/^goose has no model provider, and the script of the running `start` answers/),
  );
  write('recipes/b.yaml', `${TOP}prompt: p\nsettings: {goose_provider: openai}\n`);
  expect((await validate({ ...without, ...FILE })).ok).toContain('Each recipe names its model provider.');
});

test('goose that cannot be run, a file in the place of a directory, unknown settings', async () => {
  const path = write('bin/goose', '#!/bin/sh\n');
  write('recipes', '');
  const { errors, warnings } = await validate(
    { TINYSCHEDULER_GOOSE_BIN: path, TINYSCHEDULER_NONSENSE: '1' },
    true,
  );
  expect(errors).toEqual([
    `Recipes directory "${join(base, 'recipes')}" is not a directory: move the file away, or name another one.`,
    expect.stringMatching(/^goose: TINYSCHEDULER_GOOSE_BIN is ".*", which is not a program that can be run/),
  ]);
  expect(warnings[0]).toMatch(/^TINYSCHEDULER_NONSENSE is not a setting/);
  chmodSync(path, 0o755);
  expect((await validate({ TINYSCHEDULER_GOOSE_BIN: path })).errors.at(-1)).toBe(
    `goose: ${path} is not the goose that runs recipes (another tool): set TINYSCHEDULER_GOOSE_BIN.`,
  );
});

test.each([
  ...['/', '/etc', '/etc/ssl', '/usr', '/usr/bin', '/usr/lib/x', '/proc/1', '/var', '/home'].map((path) => [
    path,
    true,
  ]),
  ...[
    '/srv/team',
    '/home/a',
    '/usr/local/src',
    '/usr/src/app',
    '/var/lib/x',
    '/dev/shm/x',
    '/etcetera',
    '/tmp',
  ].map((path) => [path, false]),
] as [string, boolean][])('%s belongs to the system: %s', (path, expected) => {
  expect(isOfTheSystem(path)).toBe(expected);
});

describe('TinyTask', () => {
  const at = (endpoint: string) => ({ ...FILE, TINYSCHEDULER_MCP_ENDPOINT: endpoint });
  const ofTinyTask = async (endpoint: string) =>
    (await validate(at(endpoint))).findings.filter(({ code }) => /tinytask|queue/.test(code));

  test('one that answers, and a queue that nobody serves', async () => {
    write('agents.json', agents('a'));
    const { endpoint } = await embeddedTinyTask();
    const tinytask = client(endpoint);
    expect(await ofTinyTask(endpoint)).toEqual([
      {
        level: 'ok',
        code: 'tinytask-good',
        endpoint,
        version: expect.any(String),
        tools: expect.any(Number),
      },
      { level: 'ok', code: 'queues-served', queues: [] },
    ]);
    for (const queue of ['dev', 'dve', 'dve', 'elsewhere'])
      await tinytask.create({ title: 't', createdBy: 'p', queue });
    await tinytask.create({ title: 't', createdBy: 'p', queue: 'taken', assignedTo: 'a' });
    expect((await ofTinyTask(endpoint)).slice(1)).toEqual([
      { level: 'warning', code: 'queue-unserved', queue: 'dve', tasks: 2, nearest: 'dev' },
      { level: 'warning', code: 'queue-unserved', queue: 'elsewhere', tasks: 1, nearest: null },
    ]);
  });

  test('one that lacks tools, and a server that is none', async () => {
    const lacking = await answeringServer(
      () => {},
      (response, message, request) =>
        message.method === 'initialize'
          ? greetWell(response, message, request)
          : sendResult(response, message.id, {
              tools: [{ name: 'list_tasks', inputSchema: { type: 'object' } }],
            }),
    );
    expect(await ofTinyTask(lacking.endpoint)).toEqual([
      expect.objectContaining({
        level: 'error',
        code: 'tinytask-without-tools',
        tools: expect.arrayContaining(['update_task']),
      }),
    ]);
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await ofTinyTask(`http://127.0.0.1:${port}`)).toEqual([
      expect.objectContaining({ level: 'error', code: 'tinytask-not-one' }),
    ]);
  });
});

test('an agent of another host group is not looked at here', async () => {
  write('agents.json', [{ ...agents('a')[0], hostGroup: 'ops', workingDir: 'nowhere' }, ...agents('b')]);
  const { findings, fixed } = await validate({ ...FILE, TINYSCHEDULER_STATE_DIR: '.' }, true);
  expect(fixed.join()).not.toContain('nowhere');
  const of = (agent: string) =>
    findings.flatMap((each) => ('agent' in each && each.agent === agent ? each.code : []));
  expect([of('a'), of('b')]).toEqual([['agent-elsewhere'], ['recipe-missing']]);
  const there = await validate({ ...FILE, TINYSCHEDULER_HOST_GROUP: 'ops' });
  expect(there.codes).toEqual(expect.arrayContaining(['directory-missing', 'recipe-missing']));
  expect(there.findings).toContainEqual(
    expect.objectContaining({ code: 'agent-elsewhere', agent: 'b', hostGroup: null }),
  );
});

test('the working directory of an agent: made by --fix; a link into the system is an error', async () => {
  write('agents.json', [
    { ...agents('a')[0], workingDir: 'a/work' },
    { ...agents('b')[0], workingDir: 'b' },
  ]);
  symlinkSync('/etc', join(base, 'b'));
  const { errors, fixed } = await validate({ ...goose(), ...FILE }, true);
  expect(fixed).toContain(`Working directory of "a" "${join(base, 'a/work')}"`);
  expect(errors).toEqual([
    expect.stringMatching(/^Working directory of "b" ".*" leads to "\/etc", which belongs/),
  ]);
});

test('an agent with limits and a start of its own: what differs, and what this host lacks', async () => {
  const own = {
    maxRuntimeSec: 3600,
    maxAttempts: 5,
    env: ['GIVEN', 'MISSING'],
    launchPrefix: [process.execPath, '-x'],
  };
  write('agents.json', [
    { ...agents('a')[0], ...own },
    { ...agents('b')[0], launchPrefix: ['no such program'] },
    { ...agents('c')[0], hostGroup: 'ops', stallSec: 0, env: ['MISSING'], launchPrefix: ['nonesuch'] },
    { ...agents('d')[0], stallSec: 900 },
  ]);
  const { findings, errors } = await validate({ ...goose(), ...FILE, GIVEN: 'x' });
  const told = findings.filter(({ code }) => /^agent-(rules|env|launcher)/.test(code));
  const { maxAttempts, env, launchPrefix } = own;
  expect(told).toEqual([
    expect.objectContaining({ level: 'ok', agent: 'a', rules: { maxAttempts, env, launchPrefix } }),
    { level: 'warning', code: 'agent-env-unset', agent: 'a', names: ['MISSING'] },
    expect.objectContaining({ level: 'ok', agent: 'b', rules: { launchPrefix: ['no such program'] } }),
    expect.objectContaining({ level: 'error', code: 'agent-launcher', agent: 'b' }),
    expect.objectContaining({ level: 'ok', agent: 'c', rules: expect.objectContaining({ stallMs: 0 }) }),
  ]);
  expect(errors).toContainEqual(
    expect.stringMatching(/^"b" cannot be started: .* each argument is a text of its own/),
  );
});

test('where agents work, and what verifies it: looked at as an attempt does, and nothing is made', async () => {
  symlinkSync('/tmp', join(base, 'out'));
  newRepository(base);
  const rules: Record<string, object> = {
    made: { workingDir: 'w/{agent}/{taskId}', verify: ['sh', '-c', 'true'] },
    leaves: { workingDir: 'out/{taskId}', verify: ['no-such-tool'] },
    tree: { worktree: { repository: 'repo', base: 'main' }, verify: ['./check'] },
    nowhere: { worktree: { repository: 'gone' } },
    baseless: { worktree: { repository: 'repo', base: 'release' } },
  };
  const entries = Object.entries(rules).map(([name, rule]) => ({
    agentName: name,
    agentType: 'dev',
    ...rule,
  }));
  write('agents.json', entries);
  const PATH = process.env.PATH ?? '';
  const { findings, errors } = await validate({ ...goose(), ...FILE, PATH }, true);
  const good = (code: string) => findings.filter((each) => each.code === code);
  expect(good('workplace-made')).toMatchObject([
    { level: 'ok', agent: 'made', template: 'w/{agent}/{taskId}' },
  ]);
  expect(good('worktree-good')).toMatchObject([{ level: 'ok', agent: 'tree', base: 'main' }]);
  expect(good('verify-good')).toMatchObject([{ agent: 'made' }, { agent: 'tree', program: './check' }]);
  expect(errors.filter((text) => !text.startsWith('Recipe'))).toEqual([
    expect.stringMatching(
      /^Working directory of "leaves": .*out is a link that leads out of the base path, to \/tmp/,
    ),
    expect.stringMatching(/^The work of "leaves" cannot be verified: there is no "no-such-tool" on PATH/),
    expect.stringMatching(/^Working directory of "nowhere": there is no repository .*gone: clone it there/),
    expect.stringMatching(
      /^Working directory of "baseless": the repository .* has no commit "release": make one/,
    ),
  ]);
  expect([existsSync(join(base, 'w')), existsSync(join(base, 'repo/.git/worktrees'))]).toEqual([
    false,
    false,
  ]);
});

test('a broken control file after a good one: how many agents stay in force', async () => {
  const file = write('agents.json', agents('a', 'b'));
  const { config } = loadConfig({ env: FILE, cwd: base });
  await loadAgents(config);
  writeFileSync(file, '{');
  const { findings } = await validate(FILE);
  expect(findings).toContainEqual({ level: 'warning', code: 'control-file-last-good', agents: 2 });
});

test('the agents of examples/starter, where a start was made with them', async () => {
  const { findings } = await validate({ ...goose(), TINYSCHEDULER_STARTER: 'true' }, true);
  const codes = findings.map(({ code }) => code);
  expect(codes).toContain('control-file-of-starter');
  expect(codes.filter((code) => code === 'recipe-good')).toHaveLength(3);
  expect(codes).not.toContain('no-agents');
});

test('limits without agents: the agent that was perhaps meant', async () => {
  write('agents.json', agents('vaela'));
  const { findings } = await validate({ ...FILE, TINYSCHEDULER_AGENT_LIMITS: 'veala:2' });
  expect(findings).toContainEqual({
    ...{ level: 'warning', code: 'agent-without-queue', agent: 'veala', nearest: 'vaela' },
  });
});

test('switches that keep tasks from starting', async () => {
  const off = { ENABLED: 'false', DRY_RUN: 'true', DISABLE_BLOCKING: 'true' };
  const named = Object.entries(off).map(([name, value]) => [`TINYSCHEDULER_${name}`, value]);
  const { codes } = await validate(Object.fromEntries(named));
  expect(codes.slice(0, 3)).toEqual(['setting-disabled', 'setting-dry-run', 'setting-blocking-off']);
});

test('what a goose in name only starts does not outlive the question', async () => {
  const path = write(
    'bin/goose',
    `#!/bin/sh\nmkdir -p '${base}/work'; cd '${base}/work'\n( env -i setsid sh -c 'trap "" TERM; exec sleep 302' & )\necho no\n`,
  );
  chmodSync(path, 0o755);
  expect((await validate({ PATH: `${join(base, 'bin')}:${process.env.PATH}` })).codes).toContain(
    'goose-unfit',
  );
  expect(livingIn(base)).toEqual([]);
});
