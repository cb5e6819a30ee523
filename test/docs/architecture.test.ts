import { expect, test } from 'vitest';
import * as messages from '../../contract/messages.ts';
import { readDocument } from '../support/documents.ts';

const { text } = readDocument('docs/architecture.md');

test('every message of the workflows is named', () => {
  const names = Object.values(messages).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
