import { expect, test } from 'vitest';
import { type Asker, relationTo, type Serves } from '../../contract/serves.ts';

const a: Serves = {
  host: 'h',
  basePath: '/a',
  stateDir: '/a/state',
  tinytask: 'http://localhost:3000',
  mark: { id: 7, createdAt: '2026-01-01T00:00:00Z' },
};
const { mark: _, ...place } = a;
const fromA: Asker = { ...place, tinytaskNamed: false, temporalNamed: false };
const fromB: Asker = { ...fromA, basePath: '/b', stateDir: '/b/state' };
const other = 'http://localhost:3999';

const ROWS: [name: string, theirs: Serves | undefined, asker: Asker, relation: string][] = [
  ['one of which nothing is known', undefined, fromB, 'ours'],
  ['the same folder', a, fromA, 'ours'],
  ['the same folder, whose own TinyTask had to take another port', a, { ...fromA, tinytask: other }, 'ours'],
  [
    'the same folder with another TinyTask named',
    a,
    { ...fromA, tinytask: other, tinytaskNamed: true },
    'look',
  ],
  ['a folder that met it on the usual ports', a, fromB, 'another'],
  [
    'a folder that was restored from it',
    a,
    { ...fromB, tinytask: other, tinytaskNamed: true, formerly: { host: 'h', stateDir: '/a/state' } },
    'ours',
  ],
  [
    'a folder that was restored from another host',
    a,
    { ...fromB, formerly: { host: 'g', stateDir: '/a/state' } },
    'another',
  ],
  ['a folder that names the server', a, { ...fromB, temporalNamed: true }, 'ours'],
  ['a folder that names the TinyTask', a, { ...fromB, tinytaskNamed: true }, 'ours'],
  [
    'the same address in other words',
    a,
    { ...fromB, tinytaskNamed: true, tinytask: 'http://127.0.0.1:3000/' },
    'ours',
  ],
  [
    'the same address by the name of the host',
    a,
    { ...fromB, tinytaskNamed: true, tinytask: 'http://h:3000' },
    'ours',
  ],
  ['another folder with another TinyTask', a, { ...fromB, tinytask: other, temporalNamed: true }, 'look'],
  ['… of which there was no task yet', { ...a, mark: null }, { ...fromB, tinytask: other }, 'another'],
  ['localhost of another host', a, { ...fromB, host: 'i', temporalNamed: true }, 'look'],
  ['… of which there was no task yet', { ...a, mark: null }, { ...fromB, host: 'i' }, 'ours'],
  [
    'one address for two hosts',
    { ...a, tinytask: 'http://t:3000' },
    { ...fromB, host: 'i', tinytask: 'http://t:3000' },
    'ours',
  ],
  [
    'an address that is none',
    { ...a, tinytask: 'nonsense' },
    { ...fromB, tinytaskNamed: true, tinytask: 'nonsense' },
    'ours',
  ],
];

test.each(ROWS)('%s', (_, theirs, asker, relation) => {
  expect(relationTo(theirs, asker)).toBe(relation);
});
