import type { Place } from '../../../api/link/scheduler-link.ts';
import { connectScheduler } from '../../connect.ts';
import type { Context } from '../call/context.ts';

/** Where the servers of a context are, for a process that outlives them. */
export function placeOf(open: () => Context): Place {
  return {
    where() {
      const { temporal, loaded } = open();
      return `${temporal.address} ${temporal.namespace} ${loaded.config.mcpEndpoint}`;
    },
    server() {
      const { address, explicitlyConfigured: named } = open().temporal;
      return { address, named };
    },
    async connect() {
      const { temporal, loaded } = open();
      return connectScheduler({ temporal, config: loaded.config });
    },
  };
}
