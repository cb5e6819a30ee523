import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import type { Serves } from '../domain/serves.ts';

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
