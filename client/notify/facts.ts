import type { Client } from '@temporalio/client';
import type { LoadedConfig } from '../../config/config.ts';
import type { Sight } from '../../domain/notify/condition.ts';
import { readApiServed } from '../../embedded/presence/api-trouble.ts';
import { RunsSeen } from '../../temporal/runs-seen.ts';
import { readSnapshot } from '../snapshot.ts';
import { sightOf } from './conditions.ts';

export interface NotifyFacts {
  /** All that is so now. Throws where the server does not answer. */
  conditions(client: Client): Promise<Sight>;
  /** Address of the page; undefined: it is not served on this host. */
  page(): string | undefined;
}

/** What is told of, by the facts that `status` and `check` have; TinyTask is not asked for it. */
export function notifyFacts({ config }: Pick<LoadedConfig, 'config'>): NotifyFacts {
  const runsSeen = new RunsSeen();
  return {
    async conditions(client) {
      const snapshot = await readSnapshot({ client, tinytask: undefined, config, runsSeen });
      const { heartbeatTimeoutMs: silentMs, maxRuntimeMs } = config;
      return sightOf(snapshot, { silentMs, maxRuntimeMs });
    },
    page: () => pageOf(config.stateDir),
  };
}

/** Where the page is served on this host; undefined: nowhere. */
export function pageOf(stateDir: string): string | undefined {
  const served = readApiServed(stateDir);
  return served && 'url' in served ? served.url : undefined;
}
