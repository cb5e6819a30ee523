import { expect, test } from 'vitest';
import type { Selection } from '../../client/scheduler-client.ts';
import { stillOff } from '../../client/still-off.ts';
import type { AgentStatus, Status } from '../../contract/status.ts';
import { saySwitchedOn } from '../../words/switched-on.ts';

type State = Partial<Pick<Status, 'enabled' | 'paused' | 'stopped'>>;

function statusWith(state: State, ...agents: Partial<AgentStatus>[]): Status {
  return { enabled: true, paused: false, ...state, agents } as unknown as Status;
}

const ada = { name: 'ada', queue: 'dev' };
const bob = { name: 'bob', queue: 'dev' };
const cy = { name: 'cy', queue: 'qa' };
const off = { paused: true };

const says = (verb: 'resume' | 'start-agents', status: Status, what: Selection) =>
  saySwitchedOn('It', verb, stillOff(status, what));

test.each<[string, 'resume' | 'start-agents', Status, Selection, string]>([
  ['nothing else is off', 'resume', statusWith({}, ada, cy), {}, 'It starts tasks again.'],
  [
    'an agent, while everything is paused',
    'resume',
    statusWith(off, ada),
    { agent: 'ada' },
    'It is no longer paused, and starts nothing yet: the scheduler is paused (`resume` goes on).',
  ],
  [
    'an agent, while everything is stopped',
    'start-agents',
    statusWith({ stopped: true }, ada),
    { agent: 'ada' },
    'It is no longer stopped, and starts nothing yet: all agents are stopped (`start-agents` goes on).',
  ],
  [
    'an agent, while its queue is paused and it is stopped itself',
    'resume',
    statusWith({}, { ...ada, poolPaused: true, stopped: true }, bob),
    { agent: 'ada' },
    'It is no longer paused, and starts nothing yet: queue "dev" is paused (`resume --queue dev` goes on); and ' +
      'ada is stopped (`start-agents --agent ada` goes on).',
  ],
  [
    'a queue, while it is stopped as a whole: told once',
    'resume',
    statusWith({}, { ...ada, poolStopped: true }, { ...bob, poolStopped: true }, cy),
    { queue: 'dev' },
    'It is no longer paused, and starts nothing yet: the agents of queue "dev" are stopped (`start-agents --queue dev` goes on).',
  ],
  [
    'a queue with one agent that is paused; others are nobody’s business',
    'resume',
    statusWith({}, ada, { ...bob, ...off }, { ...cy, ...off }),
    { queue: 'dev' },
    'It starts tasks again; but bob is paused (`resume --agent bob` goes on).',
  ],
  [
    'everything, while a queue is stopped and an agent paused',
    'start-agents',
    statusWith({}, { ...ada, ...off }, { ...cy, poolStopped: true }),
    {},
    'It starts tasks again; but the agents of queue "qa" are stopped (`start-agents --queue qa` goes on); and ' +
      'ada is paused (`resume --agent ada` goes on).',
  ],
  [
    'everything, while the daemon has it disabled',
    'resume',
    statusWith({ enabled: false }, ada),
    {},
    'It is no longer paused, and starts nothing yet: the scheduler is disabled (TINYSCHEDULER_ENABLED).',
  ],
])('%s', (_, verb, status, what, text) => expect(says(verb, status, what)).toBe(text));

test('of many the first ones are named', () => {
  const many = Array.from({ length: 9 }, (_, at) => ({ name: `a${at}`, queue: `q${at}`, ...off }));
  expect(says('resume', statusWith({}, ...many), {})).toMatch(/a4 is paused.*; and 4 more\.$/);
});
