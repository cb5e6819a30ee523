import { randomUUID } from 'node:crypto';
import type { LoadedConfig } from '../../config/config.ts';
import { shownTarget } from '../../config/notify.ts';
import type { NotDelivered } from '../../domain/notify/patience.ts';
import { deliver } from '../../notify/deliver.ts';
import { testMessage } from '../../notify/message.ts';
import { pageOf } from './facts.ts';

/** What became of a test message. `to`: as much of it as may be shown. */
export interface Tried {
  to: string;
  id: string;
  answer: 'delivered' | NotDelivered;
  /** The last line of a command that failed. */
  last?: string;
}

/** Sends one test message, by this process. Undefined: the settings name nobody. */
export async function tryNotifying({ config, environment }: LoadedConfig): Promise<Tried | undefined> {
  const { notify, stateDir } = config;
  if (notify === undefined) return undefined;
  const id = `test-${randomUUID()}`;
  let last: string | undefined;
  const onLastLine = (line: string) => {
    last = line;
  };
  const message = testMessage(id, Date.now(), pageOf(stateDir));
  const answer = await deliver({ config, environment, onLastLine }, message);
  return { to: shownTarget(notify), id, answer, ...(last !== undefined && { last }) };
}
