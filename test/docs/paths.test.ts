import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { documents, ROOT, readDocument } from '../support/documents.ts';

const PATH = /(?<![\w/.-])(?:[a-z][\w-]*\/)+[\w.-]*\w\.(?:ts|mjs|json|yaml|yml|example|service)\b/g;
/** Named in the documentation, and made by users or at run time. */
const NOT_OURS = [
  'docs/technical/agent-control.json',
  'recipes/vaela.yaml',
  'recipes/sage.yaml',
  'recipes/NAME.yaml',
];

test.each([...documents(), readDocument('.env.tinyscheduler.example')])(
  '$path names only files that there are',
  ({ text }) => {
    const named = [...new Set([...text.matchAll(PATH)].map(([path]) => path))];
    const missing = named.filter((path) => !path.startsWith('state/') && !existsSync(join(ROOT, path)));
    expect(missing.filter((path) => !NOT_OURS.includes(path))).toEqual([]);
  },
);

test.each(documents())('the links of $path lead somewhere', ({ path, text }) => {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const broken = targets
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [file = '', heading] = target.split('#');
      const full = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(ROOT, full))) return true;
      return heading !== undefined && !headings(readDocument(full).text).includes(heading);
    });
  expect(broken).toEqual([]);
});

/** The anchors that the headings of a Markdown text have. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}
