import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import type { Serves } from '../contract/serves.ts';

/** The scheduler of this namespace works for somebody else; the message says for whom, and what to do. */
export class AnotherScheduler extends Error {
  override readonly name = 'AnotherScheduler';

  constructor(theirs: Serves, { config }: { config: Pick<Config, 'basePath' | 'mcpEndpoint'> }) {
    const where = theirs.host === hostname() ? theirs.basePath : `${theirs.basePath} on ${theirs.host}`;
    super(
      `The scheduler on this Temporal server is that of ${where} (TinyTask ${theirs.tinytask}), not of ` +
        `${config.basePath} (TinyTask ${config.mcpEndpoint}). Speak to that one with --base-path ${theirs.basePath}, ` +
        'or have one here: by `start`, or in a TEMPORAL_NAMESPACE of its own.',
    );
  }
}

/** What answers on TinyTask's usual port was brought up for another state directory; its tasks are for other agents. */
export class AnothersTinyTask extends Error {
  override readonly name = 'AnothersTinyTask';

  constructor(home: string, { config }: { config: Pick<Config, 'mcpEndpoint' | 'stateDir'> }) {
    super(
      `The TinyTask at ${config.mcpEndpoint} is that of ${home}, not of ${config.stateDir}. Have one here by \`start\`, or ` +
        'name it with TINYSCHEDULER_MCP_ENDPOINT to use it all the same.',
    );
  }
}
