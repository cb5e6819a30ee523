import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { expect, test } from 'vitest';
import { type Known, rememberedByHistory } from '../../temporal/remembered.ts';

type Event = Record<string, unknown>;

function payloads(...contents: unknown[]): { payloads: Payload[] } {
  return { payloads: contents.map((content) => defaultPayloadConverter.toPayload(content)) };
}

const ours = (agent: string) => ({ pool: 'dev', agent });
const began = (input: object): Event => ({
  workflowExecutionStartedEventAttributes: { input: payloads(input) },
});
const signal = (signalName: string, ...contents: unknown[]): Event => ({
  workflowExecutionSignaledEventAttributes: { signalName, input: payloads(...contents) },
});
const scheduled = (eventId: number, name = 'survey'): Event => ({
  ...{ eventId, activityTaskScheduledEventAttributes: { activityType: { name } } },
});
const completed = (scheduledEventId: number, result: object): Event => ({
  activityTaskCompletedEventAttributes: { scheduledEventId, result: payloads(result) },
});
const ended = (taskId: number, pool?: object) =>
  signal('run-changed', { taskId, state: 'ended', agent: 'ada', pool });

test.each<[string, Event[], Known]>([
  ['nothing', [began({})], { first: [], assignedByUs: {} }],
  [
    'what its run began with',
    [began({ first: [3], assignedByUs: { 4: ours('ada') } })],
    { first: [3], assignedByUs: { 4: ours('ada') } },
  ],
  ['what was sent since', [began({ first: [3] }), signal('run-now', 7)], { first: [3, 7], assignedByUs: {} }],
  [
    'typed in a shell, once, and nothing that is no task',
    [began({}), signal('run-now', '7'), signal('run-now', 7), signal('run-now'), signal('run-now', 'x')],
    { first: [7], assignedByUs: {} },
  ],
  [
    'what ended as ours',
    [began({}), ended(4, ours('ada')), ended(5)],
    { first: [], assignedByUs: { 4: ours('ada') } },
  ],
  [
    'what a survey left takes the place of what was before it',
    [
      ...[began({ first: [3] }), signal('run-now', 7), scheduled(5)],
      completed(5, { first: [7], assignedByUs: { 1: ours('bob') } }),
    ],
    { first: [7], assignedByUs: { 1: ours('bob') } },
  ],
  [
    'what came while it ran is newer than what it found',
    [
      ...[began({ first: [3] }), scheduled(5), signal('run-now', 7), ended(4, ours('ada'))],
      completed(5, { first: [], assignedByUs: {} }),
    ],
    { first: [7], assignedByUs: { 4: ours('ada') } },
  ],
  [
    'another activity leaves nothing',
    [began({ first: [3] }), scheduled(5, 'watch'), completed(5, { first: [] })],
    { first: [3], assignedByUs: {} },
  ],
])('the scheduler remembers %s', async (_, events, expected) => {
  const client = { workflow: { getHandle: () => ({ fetchHistory: async () => ({ events }) }) } };
  const { first, assignedByUs } = await rememberedByHistory(client as unknown as Client);
  expect({ first, assignedByUs }).toEqual(expected);
});
