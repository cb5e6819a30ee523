import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Environment } from '../start/command-line.ts';
import { askGoose } from './ask.ts';

const CONFIG_OF_ALL_USERS = '/etc/goose/config.yaml';

/**
 * Undefined if goose knows whom to ask, from its environment or a configuration file; else a clause that says what
 * to do. Where it cannot be found out there is a provider, so that nobody's model is ever replaced or refused.
 */
export async function missingProvider(goose: string, env: Environment): Promise<string | undefined> {
  if (env.GOOSE_PROVIDER || env.GOOSE_ADDITIONAL_CONFIG_FILES) return undefined;
  const info = await askGoose({ goose, args: ['info'], env }).catch(() => '');
  const own = /^Config yaml:\s+(.+?)(?:\s{2,}.*)?$/m.exec(info)?.[1];
  if (own === undefined) return undefined;
  const named = await Promise.all([own, CONFIG_OF_ALL_USERS].map(namesProvider));
  if (named.includes(true)) return undefined;
  const writes = usualConfigs(env).includes(own) ? ` (it writes ${own})` : '';
  return `goose has no model provider: run \`goose configure\`${writes} or set GOOSE_PROVIDER`;
}

/** What goose says of its place is told only where that is known. */
function usualConfigs({ HOME, XDG_CONFIG_HOME, GOOSE_PATH_ROOT }: Environment): string[] {
  return [
    ...(GOOSE_PATH_ROOT ? [join(GOOSE_PATH_ROOT, 'config/config.yaml')] : []),
    ...(XDG_CONFIG_HOME ? [join(XDG_CONFIG_HOME, 'goose/config.yaml')] : []),
    ...(HOME ? [join(HOME, '.config/goose/config.yaml')] : []),
  ];
}

/** goose's own runs write extensions into its configuration, so that the file is there says nothing. */
async function namesProvider(path: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
  try {
    const settings = (parse(text, { logLevel: 'error' }) ?? {}) as Record<string, unknown>;
    return Object.entries(settings).some(([key, value]) => /provider/i.test(key) && Boolean(value));
  } catch {
    return true;
  }
}
