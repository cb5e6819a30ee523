import { expect, test } from 'vitest';
import { occurrenceId } from '../../contract/ids.ts';
import { plan } from '../../domain/plan/plan.ts';
import { occurrenceNamed } from '../../domain/task.ts';
import { agentOf, planInput, taskOf } from '../support/tasks.ts';

const ID = occurrenceId('nightly', Date.UTC(2026, 10, 26, 2));

test.each<[string, string[], string | undefined]>([
  ['the one that made the task', ['schedule:nightly', `occurrence:${ID}`], ID],
  ['one that a person started', [`occurrence:${ID}-now`], `${ID}-now`],
  ['the first of several', [`occurrence:${ID}`, 'occurrence:occurrence-x'], ID],
  ['none without the tag', ['schedule:nightly', ID], undefined],
  ['none that has another form', ['occurrence:', 'occurrence:task-42', 'occurrence:scheduler'], undefined],
  ['the first that has the form', ['occurrence:task-42', `occurrence:${ID}`], ID],
  [
    'none with odd characters',
    ['occurrence:occurrence-a b', 'occurrence:occurrence-a\n', 'occurrence:occurrence-ü'],
    undefined,
  ],
  ['none that is too long', [`occurrence:occurrence-${'x'.repeat(200)}`], undefined],
])('the occurrence that a task names is %s', (_, tags, named) => {
  expect(occurrenceNamed(tags)).toBe(named);
});

test('a task that is started takes its occurrence along, and others none', () => {
  const tasks = [taskOf(1, { queue: 'dev', tags: [`occurrence:${ID}`] }), taskOf(2, { queue: 'dev' })];
  const { starts } = plan(planInput({ tasks, agents: [agentOf('ada', 2, 'dev')] }));
  expect(starts.map(({ occurrence }) => occurrence)).toEqual([ID, undefined]);
  expect(starts[1]).not.toHaveProperty('occurrence');
});
