import type { Config } from '../config/config.ts';
import type { NotDelivered } from '../domain/notify/patience.ts';
import type { Environment } from '../goose/start/command-line.ts';
import { runNotifyCommand } from './command.ts';
import type { Message } from './message.ts';
import { postMessage } from './webhook.ts';

export interface Notifying {
  config: Config;
  /** Of the user. */
  environment: Environment;
  /** The last line of a command that failed. */
  onLastLine?: (line: string) => void;
}

/** Brings a message to whom the settings name, once. Throws where they name nobody. */
export async function deliver(
  { config, environment, onLastLine }: Notifying,
  message: Message,
): Promise<'delivered' | NotDelivered> {
  const { notify, notifyToken, binDir, basePath, runningDir } = config;
  if (notify === undefined) throw new Error('there is nobody to notify');
  if (notify.to === 'url') return postMessage({ url: notify.url, token: notifyToken }, message);
  const command = { binDir, name: notify.name, cwd: basePath, runningDir, env: environment };
  return runNotifyCommand(command, message, onLastLine && { onLastLine });
}
