import { expect, test } from 'vitest';
import { whoseSlots } from '../../domain/semaphore-id.ts';
import { sayWhose } from '../../words/whose.ts';

test.each<[wants: string | null, semaphore: string, says: string]>([
  ['ada', 'pool-dev', 'ada'],
  ['ada', 'agent-ada', 'ada'],
  [null, 'pool-dev', 'queue "dev"'],
  [null, 'pool-pool-dev', 'queue "pool-dev"'],
  [null, 'agent-ada', 'ada'],
])('wants %s at %s: slots of %s', (wants, semaphore, says) => {
  expect(sayWhose(whoseSlots({ wants, semaphore }))).toBe(says);
});
