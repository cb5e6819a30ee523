import { expect, test } from 'vitest';
import { placeOf } from '../../../domain/plan/place.ts';
import { standingsOf } from '../../../domain/plan/plan.ts';
import { agentOf, atWork, lineRunOf, type PlanDraft, planInput, taskOf } from '../../support/tasks.ts';

const agents = [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev'), agentOf('cy', 1, 'qa')];
const dev = { queue: 'dev' };
const first = { ...dev, priority: 9 };

const ROWS: [name: string, input: Partial<PlanDraft>, place: ReturnType<typeof placeOf>][] = [
  [
    'nobody is before it',
    { tasks: [taskOf(1, dev)] },
    { place: 1, before: [], holders: [], holdersTotal: 0 },
  ],
  [
    'those of a better rank, of its own queue, that could go',
    {
      tasks: [
        ...[taskOf(1, dev), taskOf(2, first), taskOf(3, { ...first, blockedByTaskId: 2 })],
        ...[taskOf(4, { queue: 'qa', priority: 9 }), taskOf(5, dev)],
      ],
    },
    { place: 2, before: [2], holders: [], holdersTotal: 0 },
  ],
  [
    'a run in line, and who has the slots',
    {
      tasks: [...atWork('ada', 8).tasks, ...atWork('bob', 9).tasks, taskOf(1, dev), taskOf(2, first)],
      openRuns: [...atWork('ada', 8).openRuns, ...atWork('bob', 9).openRuns, lineRunOf(2), lineRunOf(1)],
    },
    { place: 2, before: [2], holders: [8, 9], holdersTotal: 2 },
  ],
  [
    'of one that only ada may have, others for ada or for anybody',
    {
      tasks: [
        taskOf(1, { ...dev, assignedTo: 'ada' }),
        taskOf(2, { ...first, assignedTo: 'bob' }),
        taskOf(3, { ...first, assignedTo: 'ada' }),
        taskOf(4, first),
      ],
    },
    { place: 3, before: [3, 4], holders: [], holdersTotal: 0 },
  ],
  [
    'a run in line for an agent that is paused is not before it',
    {
      pausedAgents: ['ada'],
      tasks: [taskOf(1, dev), taskOf(2, { ...first, assignedTo: 'ada' })],
      openRuns: [lineRunOf(2, { wants: 'ada' })],
    },
    { place: 1, before: [], holders: [], holdersTotal: 0 },
  ],
  [
    'the first five of many',
    { tasks: [taskOf(1, dev), ...[2, 3, 4, 5, 6, 7, 8].map((id) => taskOf(id, first))] },
    { place: 8, before: [2, 3, 4, 5, 6], holders: [], holdersTotal: 0 },
  ],
  ['one that is blocked has none', { tasks: [taskOf(1, { ...dev, blockedByTaskId: 2 }), taskOf(2)] }, null],
  ['one that runs has none', atWork('ada', 1), null],
  ['one that is not there has none', {}, null],
];

test.each(ROWS)('place in line: %s', (_, input, place) => {
  expect(placeOf(standingsOf(planInput({ agents, ...input })), 1)).toEqual(place);
});
