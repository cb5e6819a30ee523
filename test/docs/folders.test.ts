import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, readDocument } from '../support/documents.ts';

interface Folder {
  name: string;
  imports: string[];
}

/** The table of docs/architecture.md, from the bottom up. */
function folders(): Folder[] {
  const section =
    readDocument('docs/architecture.md').text.split('\n## Folders\n')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `([a-z/]+)\/` \| .* \|(.*)\|$/gm)];
  const below: string[] = [];
  return rows.map(([, name = '', cell = '']) => {
    const named = [...cell.matchAll(/`([a-z/]+)\/`/g)].map(([, folder = '']) => folder);
    const imports = cell.includes('all above') ? below.filter((folder) => !named.includes(folder)) : named;
    below.push(name);
    return { name, imports };
  });
}

const FOLDERS = folders().filter(({ name }) => name !== 'test');

interface Import {
  from: string;
  to: string;
}

function importsOf(folder: string): Import[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(tsx?|mjs)$/.test(path))
    .map((path) => join(folder, path));
  return files.flatMap((from) =>
    [...readFileSync(join(ROOT, from), 'utf8').matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)].map(
      ([, path = '']) => ({
        from,
        to: normalize(join(dirname(from), path)),
      }),
    ),
  );
}

/** A folder within another one, such as `client/cli`, is one of its own. */
const topOf = (path: string) => path.split('/')[0] ?? '';
const TOPS = [...new Set(FOLDERS.map(({ name }) => topOf(name)))];
const IMPORTS = TOPS.flatMap(importsOf);
const folderOf = (path: string) =>
  FOLDERS.map(({ name }) => name)
    .filter((name) => path.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0] ?? topOf(path);

test('the table names every folder of the product', () => {
  const { include } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.build.json'), 'utf8')) as {
    include: string[];
  };
  // The page has a compiler of its own.
  expect(TOPS.sort()).toEqual([...include, 'page'].sort());
  expect(IMPORTS.length).toBeGreaterThan(500);
});

test.each(FOLDERS)('$name/ imports what the table says, all of it from below', ({ name, imports }) => {
  const below = FOLDERS.slice(
    0,
    FOLDERS.findIndex((folder) => folder.name === name),
  ).map((folder) => folder.name);
  expect(imports.filter((folder) => !below.includes(folder))).toEqual([]);
  const found = IMPORTS.filter(({ from, to }) => folderOf(from) === name && folderOf(to) !== name);
  expect(found.filter(({ to }) => !imports.includes(folderOf(to)))).toEqual([]);
  // What the table allows and nobody uses is not true of the house.
  const used = new Set(found.map(({ to }) => folderOf(to)));
  expect(imports.filter((folder) => !used.has(folder))).toEqual([]);
});

test('nothing that a workflow uses reads the time zones of its host, since others replay it', () => {
  const loaded = (file: string) =>
    [
      ...readFileSync(join(ROOT, file), 'utf8').matchAll(/^(?:im|ex)port (?!type )[^;]*? from '(\.[^']+)'/gm),
    ].map(([, path = '']) => normalize(join(dirname(file), path)));
  const seen = new Set(IMPORTS.map(({ from }) => from).filter((file) => folderOf(file) === 'workflows'));
  for (const file of seen) for (const next of loaded(file)) seen.add(next);
  expect(seen.size).toBeGreaterThan(50);
  expect([...seen].filter((file) => file === join('domain', 'schedule', 'zone.ts'))).toEqual([]);
});

describe('rooms', () => {
  test('no circle of imports leads through them', () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, to } of IMPORTS) {
      const [room, other] = [dirname(from), dirname(to)];
      if (room !== other) edges.set(room, (edges.get(room) ?? new Set()).add(other));
    }
    expect(circlesIn(edges)).toEqual([]);
  });

  test('a circle would be found', () => {
    const edges = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c'])],
      ['c', new Set(['b'])],
    ]);
    expect(circlesIn(edges)).toEqual(['b', 'c']);
  });
});

/** The rooms from which a way leads back to themselves. */
function circlesIn(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...edges.keys()].filter((room) => {
    const seen = new Set<string>();
    const next = [...(edges.get(room) ?? [])];
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      next.push(...(edges.get(at) ?? []));
    }
    return seen.has(room);
  });
}

/** What these patterns find in the tests below a folder: file and text. */
function inTests(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, 'test', folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .flatMap((path) => {
      const text = readFileSync(join(ROOT, 'test', folder, path), 'utf8');
      return [...text.matchAll(pattern)].map(([found]) => `${join(folder, path)}: ${found}`);
    });
}

describe('a test that depends on how busy the machine is', () => {
  test('is not one of the page: it asks until it is so (`expect.poll`), and a first look is not the last word', () => {
    const asks =
      'innerText|textContent|count|inputValue|getAttribute|allInnerTexts|isVisible|isDisabled|isEnabled|isChecked';
    expect(inTests('page', new RegExp(`expect\\(\\(?await [^\\n]*\\.(${asks})\\(`, 'g'))).toEqual([]);
  });

  test('is not one of how soon something is over: that is told by `allowed`', () => {
    const since =
      /expect\([^\n]*(performance|Date)\.now\(\) - [^\n]*\.toBeLessThan(OrEqual)?\((?!allowed)[^\n]*/g;
    expect(inTests('', since)).toEqual([]);
  });
});
