import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { openScreen } from '../../../client/cli/show/terminal.ts';

test.each([
  ['its own', { columns: 100, rows: 30 }, { columns: 100, rows: 30 }],
  ['that of old ones, where it tells none', { columns: 0, rows: 0 }, { columns: 80, rows: 24 }],
])('what is drawn on a terminal has a size: %s', (_, told, drawn) => {
  const out = Object.assign(new PassThrough(), { isTTY: true, ...told }) as unknown as WriteStream;
  const screen = openScreen(out, { TERM: 'xterm' });
  const sizes: unknown[] = [];
  screen.show((size) => {
    sizes.push(size);
    return [];
  });
  screen.end();
  expect(sizes).toEqual([drawn]);
});
