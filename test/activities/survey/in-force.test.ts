import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { configInForce, fingerprintOf, twoDaemons } from '../../../activities/survey/in-force.ts';
import { loadConfig } from '../../../config/load.ts';
import { agentOf } from '../../support/tasks.ts';

test('texts are told apart by what is in them, not by their order', () => {
  expect(fingerprintOf(['b', 'a'])).toBe(fingerprintOf(['a', 'b']));
  const sets = [[], [''], ['a', 'b'], ['a\nb'], ['ab'], ['1 a', 'b'], ['1 a1 b'], ['a\n', 'b'], ['a', '\nb']];
  expect(new Set(sets.map(fingerprintOf)).size).toBe(sets.length);
});

const ADA = agentOf('ada', 1, 'dev');

function mark(settings: Record<string, string> = {}, agents = [ADA]): string {
  const named = Object.entries(settings).map(([name, value]) => [`TINYSCHEDULER_${name}`, value]);
  return configInForce(loadConfig({ env: Object.fromEntries(named), cwd: '/' }).config, agents);
}

const told = (theirs: string, ours = mark()) => twoDaemons({ by: '1@box', config: theirs }, '2@here', ours);

test.each<[string, string, string | undefined]>([
  ['the same', mark(), undefined],
  ['another place', mark({ STATE_DIR: '/elsewhere', LOG_LEVEL: 'DEBUG' }), undefined],
  [
    'other values',
    mark({ MAX_ATTEMPTS: '7', LOOP_INTERVAL_SEC: '9' }),
    ' (TINYSCHEDULER_LOOP_INTERVAL_SEC, TINYSCHEDULER_MAX_ATTEMPTS)',
  ],
  ['other agents', mark({}, [ADA, agentOf('bob', 1)]), ' (the agents of the control file)'],
  [
    'other limits, which agents have too',
    mark({ AGENT_LIMITS: 'ada:3' }, [agentOf('ada', 3, 'dev')]),
    ' (TINYSCHEDULER_AGENT_LIMITS)',
  ],
  ['of a version that does not tell', '0123456789abcdef0123456789abcdef', ''],
])('two daemons: %s', (_, theirs, what) => {
  const sentence = `2@here schedules with another configuration than 1@box, which made the last pass${what}; daemons that run at a time need the same one`;
  expect(told(theirs)).toEqual(what === undefined ? [] : [sentence]);
});

test('a daemon that has ended is no second one, while one that lives is', () => {
  const { pid } = spawnSync('true');
  const theirs = mark({ MAX_ATTEMPTS: '7' });
  const by = (id: number) => twoDaemons({ by: `${id}@${hostname()}`, config: theirs }, '2@here', mark());
  expect(by(pid)).toEqual([]);
  expect(by(process.ppid)).toHaveLength(1);
});
