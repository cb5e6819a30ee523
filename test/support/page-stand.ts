import type { Browser, BrowserContextOptions } from 'playwright-core';
import { listen } from '../../api/server/listen.ts';
import { headlineOf } from '../../client/headline/headline.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { type ApiStand, apiStand, lookOf, SETTINGS } from './api-stand.ts';
import { type OpenPage, openPage, startBrowser } from './browser.ts';

export interface PageStand {
  api: ApiStand;
  /** Where the page is. */
  url: string;
  browser: Browser;
  /** @param at such as `#/tasks/42` */
  open(at?: string, options?: BrowserContextOptions): Promise<OpenPage>;
  end(): Promise<void>;
}

/** The page as it was built, served by the whole API over a scheduler that answers what the test says, in a real browser. */
export async function pageStand(
  client: Client = {},
  ...around: Parameters<typeof apiStand> extends [unknown?, ...infer Rest] ? Rest : never
): Promise<PageStand> {
  const api = apiStand({ ...glances, ...client }, ...around);
  const server = await listen(api.app, { host: SETTINGS.host, port: 0 });
  const browser = await startBrowser();
  const opened: OpenPage[] = [];
  return {
    ...{ api, url: server.url, browser },
    async open(at = '', options = {}) {
      const open = await openPage(browser, `${server.url}/${at}`, options);
      opened.push(open);
      return open;
    },
    async end() {
      await Promise.all(opened.map((each) => each.close()));
      await browser.close();
      api.end();
      await server.close();
    },
  };
}

export type Client = Partial<SchedulerClient>;

/** What the frame and the first view ask for, of the look that the test gives. */
const glances: Client = {
  recent: async () => ({ sinceMs: Date.now() - 3_600_000, ended: [], passes: [] }),
  headline: async (look = lookOf(), recent = null) =>
    headlineOf({ look, recent, lateMs: Number.POSITIVE_INFINITY, notStarted: undefined }),
  running: async (look = lookOf()) => ({
    ...{ atMs: look.atMs, more: 0 },
    running: look.atWork.map((task) => ({ ...task, log: null })),
  }),
  pools: async () => {
    const { agents: _, ...state } = lookOf().agents;
    return { ...state, pools: [], placeless: 0, mode: 'queue' };
  },
};
