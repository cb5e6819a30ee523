import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definitionOf } from '../../../client/schedules/definition.ts';
import { type DefinitionFields, withFields } from '../../../client/schedules/fields.ts';
import { fieldsOf } from '../../../client/schedules/fields-of.ts';
import { definitions, NOW_MS } from '../../support/any-definition.ts';
import { surroundings } from '../../support/surroundings.ts';

const around = surroundings({ nowMs: NOW_MS, loopIntervalMs: 1_000 });

test('what is written of a definition is read as the same', async () => {
  await fc.assert(
    fc.asyncProperty(definitions, async (original) => {
      const read = await definitionOf(fieldsOf(original), around, { mayBeOver: true });
      expect(read).toMatchObject({ definition: expect.anything() });
      expect('definition' in read && read.definition).toEqual(original);
    }),
    { numRuns: 500 },
  );
});

test('fields in the place of others', () => {
  const before: DefinitionFields = {
    name: 'a',
    cron: '0 3 * * *',
    title: 't',
    queue: 'dev',
    priority: 'high',
  };
  expect(withFields(before, { every: '15m' })).toEqual({
    ...{ name: 'a', every: '15m', title: 't', queue: 'dev', priority: 'high' },
  });
  expect(withFields({ ...before, description: 'd' }, { command: 'x.sh' })).toEqual({
    ...{ name: 'a', cron: '0 3 * * *', command: 'x.sh', priority: 'high' },
  });
  expect(withFields(before, { queue: '', priority: 'low' })).toEqual({
    ...{ name: 'a', cron: '0 3 * * *', title: 't', priority: 'low' },
  });
  expect(withFields({ name: 'a', command: 'x' }, { description: 'd' })).toEqual({
    ...{ name: 'a', command: 'x', description: 'd' },
  });
  expect(withFields({ name: 'a', command: 'x', args: ['1'] }, { tags: ['b'] })).toEqual({
    ...{ name: 'a', tags: ['b'] },
  });
});
