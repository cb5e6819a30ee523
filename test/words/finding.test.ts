import { expect, test } from 'vitest';
import type { FindingFacts, Made, Observation } from '../../contract/findings.ts';
import { sayFinding, sayMade } from '../../words/finding.ts';

const state = { which: 'state', path: '/s' } as const;
const recipe = { agent: 'a', path: '/r/a.yaml' };
const tinytask = { endpoint: 'http://t' };
const space = { address: 't:7233', namespace: 'n' };
const scheduler = { scheduler: 'paused', exists: true, paused: true, enabled: true, daemon: null } as const;

/** By code, so that the compiler asks for each one. Facts, and a part of what is said: what is wrong, and the mend. */
const SAYS: { [Code in keyof FindingFacts]: [FindingFacts[Code], RegExp][] } = {
  'settings-good': [[{ settings: 38, set: 2 }, /: 2 of 38 are set/]],
  'setting-wrong': [[{ text: 'A is 0.' }, /^A is 0\.$/]],
  'setting-without-effect': [[{ text: 'A is no setting.' }, /^A is no setting\.$/]],
  'setting-disabled': [[{}, /nothing starts\. Set it to true/]],
  'setting-dry-run': [[{}, /refuse to begin\. Remove it/]],
  'setting-notify-good': [
    [
      { to: 'https://hooks.example', events: ['parked', 'late'] },
      /^People are notified by "https:\/\/hooks.example" of: parked, late\. `.*notify --test`/,
    ],
  ],
  'setting-notify-unfit': [
    [{ text: 'there is no program' }, /^Nobody can be notified: there is no program\.$/],
  ],
  'setting-notify-open': [[{ to: 'http://a.example' }, /to "http:\/\/a.example" as plain text: use https/]],
  'setting-blocking-off': [[{}, /Remove it/]],
  'directory-good': [[state, /^State directory "\/s" is there\.$/]],
  'directory-missing': [
    [{ ...state, which: 'working', agent: 'a' }, /^Working directory of "a" "\/s" .* --fix creates it/],
  ],
  'directory-not-yet': [[state, /made when it is needed, or by --fix/]],
  'directory-unusable': [[{ ...state, text: 'EACCES' }, /cannot be used: EACCES\. Change its permissions/]],
  'directory-not-one': [[state, /is not a directory: move the file away/]],
  'directory-of-system': [
    [{ ...state, real: '/s' }, /belongs to the system: name a directory/],
    [{ ...state, real: '/etc' }, /leads to "\/etc", .*: remove the link/],
  ],
  'directory-open-to-others': [
    [
      { which: 'programs', path: '/b', open: ['/b', '/b/x'], more: 3 },
      /^Directory of programs "\/b" is open to others, .*: take their right to write from "\/b", "\/b\/x" and 3 more\.$/,
    ],
    [{ which: 'programs', path: '/b', open: ['/b'], more: 0 }, /from "\/b"\.$/],
  ],
  'control-file-good': [[{ path: '/c', agents: 1 }, /^Agent control file "\/c" lists 1 agent\.$/]],
  'control-file-of-starter': [[{ path: '/c' }, /^There is no .* yet, so those of examples\/starter count/]],
  'control-file-missing': [[{ path: '/c' }, /legacy mode, .*; --fix creates it/]],
  'control-file-wrong': [[{ path: '/c', text: 'it is empty' }, /"\/c": it is empty\.$/]],
  'control-file-without-effect': [[{ path: '/c', text: 'perhaps x' }, /"\/c": perhaps x\.$/]],
  'control-file-not-made': [[{ path: '/c', text: 'EROFS' }, /cannot be created: EROFS\./]],
  'control-file-last-good': [[{ agents: 2 }, /^The 2 agents of the last good .* until it is repaired/]],
  'no-agents': [
    [
      { file: 'missing', starter: false },
      /nothing can run: write an agent control file, or let .* --fix` make one\.$/,
    ],
    [{ file: 'missing', starter: true }, /`tinyscheduler start` begins with those of examples\/starter\.$/],
    [{ file: 'wrong', starter: false }, /: repair the agent control file\.$/],
    [{ file: 'empty', starter: false }, /: add one to the agent control file\.$/],
  ],
  'agent-without-limit': [[{ agent: 'a' }, /has 1 slot: give it a "limit"/]],
  'agent-without-queue': [
    [{ agent: 'a', nearest: null }, /none of a queue\.$/],
    [{ agent: 'a', nearest: 'b' }, /Perhaps "b" is meant\.$/],
  ],
  'agent-of-programs': [
    [{ agent: 'commands', limit: 2 }, /^"commands" runs the programs of schedules, at most 2 at a time\.$/],
  ],
  'agent-limit-0': [[{ agent: 'a' }, /runs nothing: raise it/]],
  'agent-rules': [
    [
      { agent: 'a', rules: { maxRuntimeMs: 90_000, env: ['K'] }, instead: { maxRuntimeMs: 60_000 } },
      /^Runs of "a" are not as the settings say: maxRuntimeSec 90 \(else 60\), env \["K"\]\.$/,
    ],
  ],
  'agent-launcher': [[{ agent: 'a', text: 'no such program' }, /^"a" cannot be started: no such program\.$/]],
  'agent-env-unset': [[{ agent: 'a', names: ['K', 'L'] }, /the variables "K", "L", which are not set here/]],
  'agent-elsewhere': [
    [{ agent: 'a', hostGroup: 'ops' }, /on hosts of the group "ops": .* checked there/],
    [{ agent: 'a', hostGroup: null }, /on hosts without a host group/],
  ],
  'recipe-good': [
    [{ ...recipe, checkedBy: 'goose' }, /^Recipe of "a", "\/r\/a.yaml", can be run: goose has checked it/],
  ],
  'recipe-looks-good': [
    [{ ...recipe, checkedBy: 'us', because: 'no-goose' }, /goose has not checked it: there is no goose/],
    [{ ...recipe, checkedBy: 'us', because: 'goose-cannot-show' }, /this goose cannot show recipes/],
  ],
  'recipe-not-checked': [
    [
      { ...recipe, because: 'no-goose', text: 'it is long' },
      /could not be checked: there is no goose, and without it it is long/,
    ],
  ],
  'recipe-missing': [[recipe, /is missing: .*Write it\.$/]],
  'recipe-unfit': [
    [{ agent: 'a', text: 'it has no prompt', because: null }, /^Recipe of "a": it has no prompt\.$/],
    [{ agent: 'a', text: 'x', because: 'no-goose' }, /: x\. goose has not checked it: there is no goose\.$/],
  ],
  'workplace-made': [
    [
      { agent: 'vaela', template: 'w/{taskId}' },
      /of "vaela" is made for each task: "w\/\{taskId\}" in the base path/,
    ],
  ],
  'workplace-unfit': [
    [{ agent: 'vaela', text: 'there is no git' }, /directory of "vaela": there is no git\.$/],
  ],
  'worktree-good': [
    [
      { agent: 'vaela', repository: '/r', base: 'main' },
      /"vaela" gets a worktree of "\/r" .* on a branch from "main"/,
    ],
  ],
  'verify-good': [[{ agent: 'vaela', program: 'npm' }, /work of "vaela" is verified by "npm"/]],
  'verify-unfit': [[{ agent: 'vaela', text: 'there is no npm' }, /cannot be verified: there is no npm\.$/]],
  'recipe-beside': [[{ ...recipe, other: '/r/a.yml' }, /"\/r\/a.yml" does not count/]],
  'goose-good': [
    [
      { path: '/g', from: 'PATH', version: '1.2.3' },
      /\(PATH, version 1\.2\.3\); it runs recipes and streams JSON/,
    ],
    [{ path: '/g', from: 'named', version: null }, /does not say which version/],
  ],
  'goose-missing': [[{}, /Install it, or name it/]],
  'goose-unfit': [[{ text: '/g is not it' }, /^goose: \/g is not it\.$/]],
  'provider-good': [[{}, /has a model provider/]],
  'provider-of-recipes': [[{}, /Each recipe names/]],
  'provider-played': [[{}, /the script of the running `start`/]],
  'provider-missing': [
    [{ text: 'none: run x', agents: ['a'], starter: false }, /^none: run x; needed by "a"\.$/],
    [{ text: 'none: run x', agents: null, starter: false }, /^none: run x\.$/],
    [{ text: 'none: run x', agents: null, starter: true }, /until then .* has a script answer/],
  ],
  'held-by-cgroup': [[{}, /in a cgroup/]],
  'held-by-keeper': [[{ perl: '/p' }, /keeper \(\/p\)/]],
  'held-by-looks': [
    [{ mend: true }, /may outlive it\. .*Delegate=yes.* perl\.$/],
    [{ mend: false }, /may outlive it\.$/],
  ],
  'tinytask-older': [[{ lacks: ['queues'], sse: false }, /^TinyTask is a TinyTask 1, without queues: /]],
  'tinytask-good': [[{ ...tinytask, version: '2.1', tools: 30 }, /answers \(version 2\.1\)/]],
  'tinytask-absent': [
    [{ ...tinytask, named: true, text: 'It is down: start it' }, /^It is down: start it\.$/],
    [
      { ...tinytask, named: false, text: 'It is down: start it' },
      /start it, or use `.* start`, which brings one/,
    ],
  ],
  'tinytask-not-one': [[{ ...tinytask, text: '404' }, /is no TinyTask: 404; correct/]],
  'tinytask-without-tools': [[{ ...tinytask, tools: ['x', 'y'] }, /has no "x", "y"; install/]],
  'queue-unserved': [
    [{ queue: 'q', tasks: 1, nearest: null }, /"q", in which 1 task waits: give an agent/],
    [{ queue: 'q', tasks: 2, nearest: 'p' }, /2 tasks wait: perhaps "p" is meant/],
  ],
  'queues-served': [
    [{ queues: [] }, /No open task waits/],
    [{ queues: Array.from({ length: 25 }, (_, at) => `q${at}`) }, /"q19" and 5 more\.$/],
  ],
  'temporal-absent': [[{ address: 't:1' }, /No Temporal server runs at t:1; .* bring one up/]],
  'temporal-good': [[space, /at t:7233 answers, and has the namespace "n"/]],
  'namespace-missing': [[space, /no namespace "n": correct TEMPORAL_NAMESPACE, or run .*create/]],
  'attributes-good': [[{ namespace: 'n' }, /has all search attributes/]],
  'attributes-missing': [
    [{ namespace: 'n', names: ['A', 'B'] }, /lacks the search attributes A, B: --fix adds them/],
  ],
  'attributes-of-other-type': [
    [{ namespace: 'n', names: ['A'] }, /A are not of the type Keyword, .*: use another namespace/],
  ],
  'scheduler-state': [[scheduler, /^Scheduler: paused: nothing starts until/]],
};

const rows = Object.entries(SAYS).flatMap(([code, some]) =>
  some.map(([facts, says]) => [{ code, ...facts } as Observation, says] as const),
);

test.each(rows)('%j', (found, says) => {
  const sentence = sayFinding(found);
  expect(sentence).toMatch(says);
  // One sentence, or two: what is wrong, and the mend; each ends as one.
  expect(sentence).toMatch(/[.]$/);
});

test('a failure of the API says what it says everywhere', () => {
  const stuck = { code: 'temporal-stuck', address: 'a:1', withinMs: 5_000 } as const;
  expect(sayFinding(stuck)).toMatch(/^Temporal at a:1 answers, but has not read a workflow/);
});

test('what was made', () => {
  const made: Made[] = [
    { made: 'directory', ...state },
    { made: 'control-file', path: '/c', agents: ['x', 'y'] },
    { made: 'search-attributes', namespace: 'n', names: ['A', 'B'] },
  ];
  expect(made.map(sayMade)).toEqual([
    'State directory "/s"',
    'Agent control file "/c" with x and y',
    'Search attributes A, B in the namespace "n"',
  ]);
});
