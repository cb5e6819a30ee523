import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RESTORED_FROM, restoredFromText } from '../../config/restored-from.ts';
import { worksFor } from '../../temporal/serves.ts';
import { temporaryFolder } from '../support/stub-runs.ts';

const ORIGIN = { host: hostname(), stateDir: '/old/state' };
/** As it is in a database that was restored: no task tells whose it is. */
const theirs = { ...ORIGIN, basePath: '/old', tinytask: 'http://127.0.0.1:1', mark: null };

test.each<[string, string | undefined, boolean]>([
  ['one that was restored from its place', restoredFromText(ORIGIN), true],
  ['one that was restored from another', restoredFromText({ ...ORIGIN, stateDir: '/other' }), false],
  ['one that was never restored', undefined, false],
  ['one of which nothing can be read', '{"host": 7', false],
  ['one that says something else', '{"host": 7, "stateDir": null}', false],
])('a scheduler of another place works for a state directory: %s', async (_, text, works) => {
  using folder = temporaryFolder();
  if (text !== undefined) writeFileSync(join(folder.path, RESTORED_FROM), text);
  const config = {
    ...{ basePath: '/new', stateDir: folder.path },
    ...{ mcpEndpoint: 'http://127.0.0.1:2', mcpEndpointExplicit: true },
  };
  const tinytask = { get: () => Promise.reject(new Error('is not asked')) };
  expect(await worksFor(theirs, { tinytask, config }, true)).toBe(works);
});
