import { expect, test } from 'vitest';
import { readDocument } from '../support/documents.ts';

const { text } = readDocument('docs/architecture.md');

test('every message of the workflows is named', () => {
  const source = readDocument('contract/messages.ts').text;
  const messages = [...source.matchAll(/define(?:Signal|Query|Update)(?:<.*>)?\('([a-z-]+)'\)/g)];
  expect(messages).toHaveLength([...source.matchAll(/= define/g)].length);
  const missing = messages.map(([, name = '']) => name).filter((name) => !text.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
