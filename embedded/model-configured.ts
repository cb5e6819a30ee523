import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { runCommand } from './run-command.mjs';

/**
 * Whether goose knows a model to ask: from its environment, or from a configuration file that names a provider.
 * Where that cannot be found out the answer is yes, so that nobody's model is ever replaced.
 */
export async function modelConfigured(
  gooseBin: string,
  env: Record<string, string | undefined>,
): Promise<boolean> {
  if (env.GOOSE_PROVIDER || env.GOOSE_ADDITIONAL_CONFIG_FILES) return true;
  let info: string;
  try {
    info = await runCommand(gooseBin, ['info'], { env, timeoutMs: 20_000 });
  } catch {
    return true;
  }
  const own = /^Config yaml:\s+(.+?)(?:\s{2,}.*)?$/m.exec(info)?.[1];
  if (own === undefined) return true;
  const named = await Promise.all([own, '/etc/goose/config.yaml'].map(namesProvider));
  return named.includes(true);
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
