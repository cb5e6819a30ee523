import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { statements } from './dotenv-syntax.ts';
import { readEnvText } from './env-text.ts';
import { filledIn } from './filled-in.ts';
import { lostLines, refuseOpenQuotes } from './lost-lines.ts';

export interface EnvFile {
  path: string;
  values: Record<string, string>;
  /** The variable's assignment that counts: its line, from 1, and its value as it is written, without what `${…}` stands for. */
  writtenAs(variable: string): { line: number; value: string } | undefined;
  /** A sentence for each line that does not do what it looks like. */
  warnings: string[];
}

/**
 * Reads the env file that was named, else `.env` in `cwd` if there is one; the values are those that python-dotenv gives
 * (docs/adr/0015-env-files.md). `env`: what `${NAME}` is looked up in first.
 * Throws ConfigError if the named file is missing, or if one that is there cannot be read or has an open quote.
 */
export function readEnvFile(
  named: string | undefined,
  cwd: string,
  env: Record<string, string | undefined>,
): EnvFile | undefined {
  const path = resolve(cwd, named ?? '.env');
  // Docker and direnv leave directories of this name about; only a named one is a mistake.
  if (named === undefined && !isThere(path)) return undefined;
  const text = readEnvText(path, named !== undefined);
  const found = statements(text);
  refuseOpenQuotes(path, found);

  const values = new Map<string, string | null>();
  const written = new Map<string, { line: number; value: string }>();
  const warnings = lostLines(path, text, found);
  for (const statement of found) {
    if (statement.kind === 'bare') values.set(statement.name, null);
    if (statement.kind !== 'setting') continue;
    const { name, line, value } = statement;
    const filled = filledIn(value, values, env);
    values.set(name, filled.value);
    written.set(name, { line, value });
    if (filled.missing) {
      warnings.push(
        `${path} line ${line} has a \${…} whose variable is not set, so nothing stands in its place; set it above, or write \${NAME:-default}.`,
      );
    }
  }
  const set = [...values].filter((entry): entry is [string, string] => entry[1] !== null);
  return { path, values: Object.fromEntries(set), writtenAs: (variable) => written.get(variable), warnings };
}

/** Whether there is an env file at this path that would be read without being named. */
export function isThere(path: string): boolean {
  return existsSync(path) && !statSync(path).isDirectory();
}
