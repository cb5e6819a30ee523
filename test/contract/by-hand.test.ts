import { describe, expect, test } from 'vitest';
import { type Deed, deedOf, NOTE_OR_NONE, withDeed } from '../../contract/by-hand.ts';

describe('whatever comes with a message of a person is a note or nothing, and refuses nothing', () => {
  test.each<[unknown, unknown]>([
    [undefined, undefined],
    [null, undefined],
    [7, undefined],
    [[], undefined],
    [{}, undefined],
    [{ by: 7, note: {} }, undefined],
    ['  ', undefined],
    ['disk full', { note: 'disk full' }],
    [{ by: 'ann@h' }, { by: 'ann@h' }],
    [
      { by: 'ann@h', note: ' why ', more: 1 },
      { by: 'ann@h', note: 'why' },
    ],
    [Object.create({ by: 'inherited' }), undefined],
  ])('%j', (given, note) => expect(NOTE_OR_NONE(given)).toEqual(note));

  test('and it is bounded', () => {
    const { by = '', note = '' } =
      NOTE_OR_NONE({ by: '\u0001'.repeat(9_999), note: '😀'.repeat(9_999) }) ?? {};
    expect(Buffer.byteLength(JSON.stringify(by))).toBeLessThanOrEqual(302);
    expect(Buffer.byteLength(JSON.stringify(note))).toBeLessThanOrEqual(602);
    expect([...note].length).toBeLessThanOrEqual(201);
  });
});

const deed = (did: Deed['did'], more: Partial<Deed> = {}): Deed => ({ did, by: 'ann', atMs: 1, ...more });
const done = (...deeds: Deed[]) => deeds.reduce<Deed[]>(withDeed, []);

test.each<[string, Deed[], Deed[]]>([
  ['the last about one thing counts', [deed('pause'), deed('resume')], [deed('resume')]],
  [
    'a pause and a stop are two things',
    [deed('pause'), deed('stop-agents')],
    [deed('pause'), deed('stop-agents')],
  ],
  [
    'so are two agents',
    [deed('pause', { agent: 'a' }), deed('pause')],
    [deed('pause', { agent: 'a' }), deed('pause')],
  ],
  ['one without a note is not kept', [{ did: 'pause', atMs: 1 }], []],
  ['and undoes what is kept', [deed('pause'), { did: 'resume', atMs: 2 }], []],
  ['said again without a note, it stays', [deed('pause'), { did: 'pause', atMs: 2 }], [deed('pause')]],
])('%s', (_, deeds, kept) => expect(done(...deeds)).toEqual(kept));

test('at most 100 are kept: those that were undone go first', () => {
  const all = done(
    deed('resume', { agent: 'x' }),
    ...Array.from({ length: 100 }, (_, at) => deed('pause', { agent: `a${at}` })),
  );
  expect(all.length).toBe(100);
  expect(deedOf(all, ['resume'], 'x')).toBeUndefined();
  expect(deedOf(all, ['pause'], 'a0')).toEqual(deed('pause', { agent: 'a0' }));
  expect(done(...all, deed('pause')).length).toBe(100);
});
