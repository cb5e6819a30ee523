import { z } from '@hono/zod-openapi';
import { whatIfJson } from '../../client/json/forecast.ts';
import { MOST_SLOTS } from '../../contract/contents.ts';
import { MOST_TOKENS } from '../../domain/budget.ts';
import type { Change } from '../../domain/forecast/change.ts';
import { READ_AGE_MS, type RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as is from './shapes.ts';

const MOST_CHANGES = 100;

const agent = is.name;
const slots = z.int().min(0).max(MOST_SLOTS);
const tokens = z.int().min(0).max(MOST_TOKENS).nullable();
const change = z.discriminatedUnion('do', [
  z.strictObject({ do: z.enum(['pause', 'resume', 'remove']), agent }),
  z.strictObject({ do: z.literal('limit'), agent, slots }),
  z.strictObject({ do: z.literal('add'), agent, queue: is.name, slots: slots.default(1) }),
  z.strictObject({ do: z.literal('budget'), agent, tokens_per_day: tokens }),
  z.strictObject({ do: z.literal('pool-budget'), queue: is.name, tokens_per_day: tokens }),
]);
const body = z.strictObject({ changes: z.array(change).min(1).max(MOST_CHANGES) }).openapi('WhatIfBody');
const answer = z
  .looseObject({
    ...{ at: is.timeOrNull, changes: z.array(is.facts), before: is.facts, after: is.facts },
    ...{ starts: z.array(is.facts), waits: z.array(is.facts), says: is.text, problems: is.problems },
  })
  .openapi('WhatIf');

/** What changes of the agents would do. */
export function whatIfRoutes({ scheduler, look }: RouteDeps): Route[] {
  const foreseen = look.beside((changes) =>
    scheduler.use((client) => client.whatIf(JSON.parse(changes) as Change[])),
  );
  return [
    route({
      ...{ method: 'post', path: '/api/what-if', scope: 'read', asksOnly: true, tag: 'History and outlook' },
      ...{ body, answer },
      summary: 'What changes of the agents would do, one after the other, on the queue as it is',
      codes: ['no-such-agent', 'no-such-queue', 'existing-agent'],
      handle: async ({ body: { changes } }) =>
        whatIfJson(await foreseen(JSON.stringify(changes.map(asChange)), READ_AGE_MS)),
    }),
  ];
}

function asChange(asked: z.output<typeof change>): Change {
  if (!('tokens_per_day' in asked)) return asked;
  const { tokens_per_day: tokensPerDay, ...others } = asked;
  return { ...others, tokensPerDay };
}
