import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from '../../client/cli/program.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What people read: its path from the root of the repository, and its text. */
export interface Document {
  path: string;
  text: string;
}

/** README, changelog and the like, and everything below docs/. */
export function documents(): Document[] {
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`);
  const beside = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'examples/agent-control/README.md'];
  return [...beside, ...below.sort()].map(readDocument);
}

export function readDocument(path: string): Document {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** What stands between backticks in running text; blocks of code are left out. */
export function quoted(text: string): string[] {
  const prose = text.replace(/^ *```[\s\S]*?^ *```/gm, '');
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));
}

/** Every command line of TinyScheduler in a text, without the path of the program. */
export function commandLines(text: string): string[] {
  const lines = text
    .split('\n')
    .flatMap((line) => /^\s*(?:\$ )?(?:.*&& )?(\S*\.\/tinyscheduler .*)$/.exec(line)?.[1] ?? []);
  return [...lines, ...quoted(text)]
    .filter((line) => /^(\.\/)?tinyscheduler [a-z-]/.test(line))
    .map((line) => line.replace(/^\S+ /, '').replace(/ (#|\||>|&&|\(|\|\|) ?.*$/, ''))
    .map((line) => line.replace(/^… ?/, ''));
}

/** Parses a command line as the program does, without carrying it out. Throws what is wrong with it. */
export async function parseCommandLine(line: string): Promise<void> {
  const root = program().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const command of root.commands.flatMap((each) => [each, ...each.commands])) {
    command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined }).action(() => undefined);
  }
  await root.parseAsync(wordsOf(line), { from: 'user' });
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, inQuotes, plain]) => inQuotes ?? plain ?? '');
}
