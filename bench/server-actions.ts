import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stand } from './stand.ts';

/** The server publishes its counters once a second. */
const PUBLISHED_MS = 1_500;

/**
 * What the server itself has counted as actions in our namespace since it started, by type. It knows heartbeats and
 * queries too, of which histories say nothing.
 */
export async function serverActions(stand: Stand): Promise<Map<string, number>> {
  await sleep(PUBLISHED_MS);
  const log = await readFile(join(stand.dir, 'state/logs/temporal-server.log'), 'utf8');
  const url = /http:\/\/\S+\/metrics/.exec(log)?.[0]?.replace('localhost', '127.0.0.1');
  if (url === undefined) throw new Error('the Temporal server does not say where its metrics are');
  const page = await (await fetch(url)).text();
  const counts = new Map<string, number>();
  for (const [, labels = '', value] of page.matchAll(/^action\{([^}]*)\} (\S+)$/gm)) {
    if (!labels.includes('namespace="default"')) continue;
    const type = /action_type="([^"]*)"/.exec(labels)?.[1] ?? '';
    counts.set(type, (counts.get(type) ?? 0) + Number(value));
  }
  return counts;
}

/** `after` less `before`, largest first; types that did not grow are left out. */
export function growth(before: Map<string, number>, after: Map<string, number>): [string, number][] {
  return [...after]
    .map(([type, count]): [string, number] => [type, count - (before.get(type) ?? 0)])
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
}
