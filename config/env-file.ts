import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config.ts';

export interface EnvFile {
  path: string;
  values: Record<string, string>;
  /** Line of a variable's (last) assignment, from 1. */
  lineOf(variable: string): number | undefined;
}

/**
 * Reads the env file that was named, else `.env` in `cwd` if there is one.
 * Throws ConfigError if the named file is missing, or if one that is there cannot be read.
 */
export function readEnvFile(named: string | undefined, cwd: string): EnvFile | undefined {
  const path = resolve(cwd, named ?? '.env');
  // Docker and direnv leave directories of this name about; only a named one is a mistake.
  if (named === undefined && (!existsSync(path) || statSync(path).isDirectory())) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'does not exist'
        : `cannot be read (${(error as Error).message})`;
    throw new ConfigError([
      `The env file ${JSON.stringify(path)} ${reason}; ${named === undefined ? 'make it readable or remove it' : 'name another one with --env-file'}.`,
    ]);
  }
  const lines = text.split(/\r?\n/);
  return {
    path,
    values: { ...parseEnv(text) } as Record<string, string>,
    lineOf: (variable) => {
      const index = lines.findLastIndex((line) =>
        new RegExp(`^\\s*(export\\s+)?${variable}\\s*=`).test(line),
      );
      return index < 0 ? undefined : index + 1;
    },
  };
}
