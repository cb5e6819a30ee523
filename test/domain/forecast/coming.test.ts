import { describe, expect, test } from 'vitest';
import { type Asked, foresightOf, short } from '../../support/foresight.ts';
import { agentOf, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = agentOf('ada', 1, 'dev');
const two = { agents: [ada], tasks: [taskOf(1, dev), taskOf(2, dev)] };
const urgent = { ...dev, priority: 10 };

/** Each task takes ten minutes. */
describe('tasks that schedules will make take their slots, and only that is told', () => {
  test.each<[string, Asked, string[]]>([
    ['none comes', two, ['1 ada 0-10', '2 ada 10-20']],
    [
      'one that is more urgent comes in between',
      { ...two, coming: [{ ...urgent, inMinutes: 5 }] },
      ['1 ada 0-10', '2 ada 20-30'],
    ],
    [
      'one that is not waits its turn',
      { ...two, coming: [{ ...dev, priority: -1, inMinutes: 5 }] },
      ['1 ada 0-10', '2 ada 10-20'],
    ],
    [
      'what has begun by then goes on',
      { ...two, coming: [{ ...urgent, inMinutes: 15 }] },
      ['1 ada 0-10', '2 ada 10-20'],
    ],
    [
      'one for one agent alone leaves the others',
      {
        agents: [ada, agentOf('bob', 1, 'dev')],
        tasks: [1, 2, 3].map((id) => taskOf(id, dev)),
        coming: [{ ...urgent, assignedTo: 'ada', inMinutes: 5 }],
      },
      ['1 ada 0-10', '2 bob 0-10', '3 bob 10-20'],
    ],
    [
      'one that nobody may have takes nothing',
      { ...two, coming: [{ queue: 'qa', priority: 10, inMinutes: 5 }] },
      ['1 ada 0-10', '2 ada 10-20'],
    ],
  ])('%s', (_, asked, expected) => {
    const { tasks, ending, kept, unknown } = foresightOf(asked);
    expect(tasks.map(short)).toEqual(expected);
    expect([ending, kept, unknown]).toEqual([expected.length, 0, 0]);
  });
});
