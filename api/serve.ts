import type { KeyStore } from '../client/keys/key-store.ts';
import type { Surroundings } from '../client/schedules/surroundings.ts';
import type { ApiEvent } from '../contract/api-events.ts';
import { allRoutes } from './all-routes.ts';
import { makeApp } from './app.ts';
import { Hub } from './events/hub.ts';
import type { ApiSettings } from './guard/settings.ts';
import { type Place, SchedulerLink } from './link/scheduler-link.ts';
import { SharedLook } from './link/shared-look.ts';
import { SharedRead } from './link/shared-read.ts';
import { serveTools } from './mcp/http.ts';
import { readPage } from './page/page-files.ts';
import type { RouteDeps } from './routes/deps.ts';
import { type Listening, listen } from './server/listen.ts';
import type { Tokens } from './tokens/token-store.ts';

export interface ApiOptions {
  settings: ApiSettings;
  /** 0: any that is free. */
  port: number;
  place: Place;
  commands?: RouteDeps['commands'];
  tokens: Tokens;
  keys: KeyStore;
  /** What definitions of schedules are looked at against, now. */
  around: () => Promise<Surroundings>;
  validate: RouteDeps['validate'];
  /** Where the built page is; absent: there is none. */
  pageDir?: string;
  tell: (event: ApiEvent) => void;
}

/** Serves the API. It needs neither Temporal nor TinyTask to begin. @throws the system's error where it cannot listen */
export async function serveApi({
  settings,
  port,
  place,
  commands,
  tokens,
  keys,
  around,
  validate,
  pageDir,
  tell,
}: ApiOptions): Promise<Listening> {
  const scheduler = new SchedulerLink(place);
  const look = new SharedLook(() => scheduler.use((client) => client.look()));
  const schedules = new SharedRead(() => scheduler.use((client) => client.schedules.all()));
  const hub = new Hub(look, schedules);
  const page = pageDir === undefined ? Promise.resolve(undefined) : readPage(pageDir);
  const forRoutes = { scheduler, look, schedules, keys, hub, around, validate, page };
  const app = makeApp({ settings, tokens, tell }, allRoutes({ ...forRoutes, ...(commands && { commands }) }));
  const tools = serveTools(app, { desk: { scheduler, look, keys, around }, tell });
  const listening = await listen(app, { host: settings.host, port });
  tell({ what: 'listening', url: listening.url, tokenRequired: settings.tokenRequired });
  return {
    ...listening,
    async close() {
      hub.close();
      await tools.close();
      await listening.close();
      await scheduler.close();
    },
  };
}
