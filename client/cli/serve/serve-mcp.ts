import { SchedulerLink } from '../../../api/link/scheduler-link.ts';
import { SharedLook } from '../../../api/link/shared-look.ts';
import { serveToolsOverStdio } from '../../../api/mcp/stdio.ts';
import type { Scope } from '../../../contract/api.ts';
import { personName } from '../../../os/person-name.ts';
import { sayApiEvent } from '../../../words/api-event.ts';
import { openLog } from '../../../workers/logging.ts';
import { KeyStore } from '../../keys/key-store.ts';
import { surroundingsOf } from '../../schedules/surroundings.ts';
import type { Context } from '../call/context.ts';
import { readerGone } from '../call/readers.ts';
import { placeOf } from './place-of.ts';
import { starterGone } from './starter-gone.ts';
import { stopAsked } from './stopping.ts';

/** What is under way may take so long to end. */
const LEAVE_MS = 1_000;

/**
 * `mcp`: tools over stdio, until whoever started it ends that. Exit code 0. It needs neither Temporal nor TinyTask to begin.
 * @param open the context as it is now: the servers of a base path may move
 * @param options.scope what its client may
 */
export async function runMcp(open: () => Context, { scope }: { scope: Scope }): Promise<number> {
  const { config, warnings } = open().loaded;
  // A client shows its user what comes on stderr.
  const log = openLog(config, 'WARNING');
  const tell = (event: Parameters<typeof sayApiEvent>[0]) => log.say(sayApiEvent(event));
  for (const problem of warnings) tell({ what: 'problem', problem });
  const gone = Promise.race([starterGone(), readerGone, stopAsked()]);
  const scheduler = new SchedulerLink(placeOf(open));
  const look = new SharedLook(() => scheduler.use((client) => client.look()));
  const server = serveToolsOverStdio({
    desk: {
      ...{ scheduler, look, keys: new KeyStore(config.stateDir) },
      around: () => surroundingsOf(open().loaded.config),
      // Its user, by whoever was started in that name.
      who: `${personName()} over MCP`,
      scope,
    },
    ...{ tell, requestId: null },
  });
  await gone;
  // Nobody is left who would end a process that hangs.
  setTimeout(() => process.exit(0), LEAVE_MS).unref();
  await server.close();
  await scheduler.close();
  return 0;
}
