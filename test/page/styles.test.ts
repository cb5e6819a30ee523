import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/documents.ts';

const VIEWS = join(ROOT, 'page/views');

test.each(readdirSync(VIEWS))('the style sheet of %s counts for that view alone', (view) => {
  const text = readFileSync(join(VIEWS, view, `${view}.css`), 'utf8');
  const [first = '', ...lines] = text.trimEnd().split('\n');
  expect([first, lines.at(-1)]).toEqual([`.view-${view} {`, '}']);
  expect(lines.slice(0, -1).filter((line) => line !== '' && !line.startsWith('  '))).toEqual([]);
});
