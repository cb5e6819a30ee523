import { sleep } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { ConditionsSeen, NotifierActivities } from '../../contract/notify.ts';
import type { Bundle } from '../../domain/notify/bundle.ts';
import { changesTo, ofKinds, type Sight } from '../../domain/notify/condition.ts';
import type { TellingRules } from '../../domain/notify/outbox.ts';
import type { Environment } from '../../goose/start/command-line.ts';
import { deliver } from '../../notify/deliver.ts';
import { messageOf } from '../../notify/message.ts';
import { within } from '../../os/within.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { sayNotDelivered } from '../../words/not-delivered.ts';
import { harmlessTitle, type Titles } from '../../words/notification.ts';
import type { Tell } from '../events.ts';

export interface NotifierDeps {
  client: Client;
  tinytask: Pick<TinyTask, 'get'>;
  config: Config;
  environment: Environment;
  tell: Tell;
  /** All that is so now. Throws where the server does not answer. */
  conditions(client: Client): Promise<Sight>;
  /** Address of the page; undefined: it is not served on this host. */
  page(): string | undefined;
}

const SHORTEST_PAUSE_MS = 3_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** A look is followed by a pause that is so many times as long, within these bounds. */
const COST = 20;
const LOOKS_MS = 3_600_000;
const TITLES_MS = 3_000;

export function notifierActivities(deps: NotifierDeps): NotifierActivities {
  // Over all watches of this daemon: one that has found something is followed by the next at once.
  let nextLookMs = 0;
  return {
    async watchConditions({ known, rules: told }) {
      const rules = rulesOf(deps.config);
      const isOther = JSON.stringify(rules) !== JSON.stringify(told);
      const untilMs = performance.now() + LOOKS_MS;
      let missing: ReadonlySet<string> = new Set();
      for (let looks = 1; ; looks += 1) {
        // Throws when the watch was cancelled.
        await sleep(Math.max(0, nextLookMs - performance.now()));
        const startedMs = performance.now();
        const sight = await found(deps);
        const endedMs = performance.now();
        nextLookMs = endedMs + pauseAfter(endedMs - startedMs);
        if (sight !== undefined) {
          const { missing: absent, ...changes } = changesTo(known, sight, missing);
          missing = absent;
          const seen: ConditionsSeen = { ...changes, rules };
          const { came, gone, dropped } = changes;
          if (came.length + gone.length + dropped.length > 0 || (isOther && looks === 1)) return seen;
          if (performance.now() > untilMs) return seen;
        }
      }
    },

    async deliverNotification(bundle) {
      const titles = await titlesFor(deps, bundle);
      const { config, environment, tell } = deps;
      const onLastLine = (line: string) =>
        tell({ what: 'problem', about: 'host', problem: `the command for notifications says: ${line}` });
      const message = messageOf(bundle, { titles, page: deps.page() });
      const answer = await deliver({ config, environment, onLastLine }, message);
      const problem = answer === 'delivered' ? null : sayNotDelivered(answer);
      tell({ what: 'notifications', problem });
      return answer;
    },
  };
}

/** Until the next look, by how long one took; in milliseconds. */
export function pauseAfter(costMs: number): number {
  return Math.min(Math.max(SHORTEST_PAUSE_MS, costMs * COST), LONGEST_PAUSE_MS);
}

function rulesOf({ notifyAfterMs, notifyEvents }: Config): TellingRules {
  return { afterMs: notifyAfterMs, recovered: notifyEvents.includes('recovered') };
}

/** Undefined: the server does not say; the next look is better. */
async function found({ client, config, conditions }: NotifierDeps): Promise<Sight | undefined> {
  try {
    return ofKinds(await conditions(client), config.notifyEvents);
  } catch {
    return undefined;
  }
}

/** Of the tasks that it names. What TinyTask does not tell soon is left out. */
async function titlesFor({ tinytask }: NotifierDeps, { lines }: Bundle): Promise<Titles> {
  const ids = new Set(lines.flatMap(({ facts }) => ('taskId' in facts ? [facts.taskId] : [])));
  const titles = new Map<number, string>();
  const reads = [...ids].map(async (id) => {
    const task = await tinytask.get(id).catch(() => undefined);
    if (task) titles.set(id, harmlessTitle(task.title));
  });
  await within(TITLES_MS, Promise.all(reads));
  return new Map(titles);
}
