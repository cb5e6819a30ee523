import { expect, test } from 'vitest';
import { AddressFirst } from '../../../client/cli/serve/address-first.ts';

function saying(isServed: boolean) {
  const said: string[] = [];
  return { said, lines: new AddressFirst((line) => said.push(line), isServed) };
}

test('the address is said before what came earlier, which follows in its order', () => {
  const { said, lines } = saying(true);
  lines.say('Temporal');
  lines.say('TinyTask');
  expect(said).toEqual([]);
  lines.first('Page');
  lines.say('Agents');
  lines.first('Port 9595 is taken');
  expect(said).toEqual(['Page', 'Temporal', 'TinyTask', 'Agents', 'Port 9595 is taken']);
});

test('where no page is served nothing is held back; when all is stopped nothing is lost', () => {
  const none = saying(false);
  none.lines.say('Temporal');
  expect(none.said).toEqual(['Temporal']);
  const stopped = saying(true);
  stopped.lines.say('Temporal');
  stopped.lines.release();
  expect(stopped.said).toEqual(['Temporal']);
});
