import type { Browser, BrowserContextOptions } from 'playwright-core';
import { listen } from '../../api/server/listen.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { type ApiStand, apiStand, SETTINGS } from './api-stand.ts';
import { type OpenPage, openPage, startBrowser } from './browser.ts';
import { glances } from './glances.ts';

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
