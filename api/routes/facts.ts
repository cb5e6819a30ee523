import { z } from '@hono/zod-openapi';
import { factsOf, textOfFacts } from '../../client/facts/json.ts';
import { MARK_HEADER } from '../../client/facts/mark.ts';
import { aboutMethod, callMethod, FACTS, type FactsMethod } from '../../client/facts/methods.ts';
import { RefusedError } from '../../contract/api.ts';
import { SchedulerError } from '../../contract/errors.ts';
import { problemOf } from '../answer/problem.ts';
import type { Caller } from '../guard/caller.ts';
import type { ForCommands, RouteDeps } from './deps.ts';
import { FACTS_ARGS } from './facts-args.ts';
import { type Known, type Route, route } from './route.ts';

const answer = z.unknown();
const query = z.strictObject({ args: z.string().max(16_000).default('[]') });
const body = z.strictObject({ args: z.array(z.unknown()).max(10).default([]) });

/**
 * What the commands of this machine ask: the methods of the one API by their names, as facts. This process does then what the
 * command would do, with what it has loaded already; that each has a connection of its own makes it fail as the command would.
 */
export function factsRoutes({ commands }: RouteDeps): Route[] {
  if (commands === undefined) return [];
  return (Object.keys(FACTS) as FactsMethod[]).map((method) => {
    const { kind, scope } = aboutMethod(method);
    const about = { path: `/api/facts/${method}`, scope, tag: 'Commands', answer, internal: true } as const;
    const summary = `${method}, for the command line`;
    return kind === 'reads'
      ? route({
          ...{ ...about, method: 'get', summary, query },
          handle: ({ query: { args }, ...known }) =>
            carryOut(commands, method, { ...known, args: () => factsOf(args) }),
        })
      : route({
          ...{ ...about, method: 'post', summary, body },
          handle: ({ body: { args }, ...known }) =>
            carryOut(commands, method, { ...known, args: () => factsOf(JSON.stringify(args)) }),
        });
  });
}

type Asked = Pick<Known, 'caller' | 'requestId'> & { headers: Headers; args: () => unknown };

async function carryOut(
  commands: () => ForCommands,
  method: FactsMethod,
  { args: given, caller, headers, requestId }: Asked,
): Promise<Response> {
  const { mark, connect } = configuredNow(commands);
  if (headers.get(MARK_HEADER) !== mark) throw new RefusedError({ code: 'other-configuration' });
  const args = said(caller, method, checked(method, given));
  let begun = false;
  try {
    const scheduler = await connect();
    begun = true;
    try {
      const facts = textOfFacts(await callMethod(scheduler, method, args));
      return new Response(facts, { headers: { 'content-type': 'application/json' } });
    } finally {
      await scheduler.close();
    }
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    return failed(error, begun, requestId);
  }
}

/** @throws RefusedError `other-configuration` also where the configuration cannot be used now: the command tells why */
function configuredNow(commands: () => ForCommands): ForCommands {
  try {
    return commands();
  } catch {
    throw new RefusedError({ code: 'other-configuration' });
  }
}

/** @throws RefusedError `bad-request` */
function checked(method: FactsMethod, given: () => unknown): unknown[] {
  const wrong = (says: string) => new RefusedError({ code: 'bad-request', wrong: [{ at: 'args', says }] });
  let args: unknown;
  try {
    args = given();
  } catch (error) {
    throw wrong((error as Error).message.slice(0, 300));
  }
  const result = FACTS_ARGS[method].safeParse(args);
  if (result.success) return result.data;
  throw wrong(result.error.issues[0]?.message.slice(0, 300) ?? 'they are not as they have to be');
}

/** A command says who called it; of whom a token let in, the token is told too. */
function said(caller: Caller, method: FactsMethod, args: unknown[]): unknown[] {
  const { noteAt } = aboutMethod(method);
  if (noteAt === undefined || caller.is !== 'token') return args;
  const note = (args[noteAt] ?? {}) as { by?: string };
  const by = [...(note.by === undefined ? [] : [note.by]), `token ${caller.name} (${caller.id})`].join(', ');
  return Object.assign([...args], { [noteAt]: { ...note, by } });
}

/** The failure as it is goes along, since the facts of a problem have other names. */
function failed({ failure }: SchedulerError, begun: boolean, requestId: string): Response {
  const problem = problemOf(failure, requestId);
  const text = textOfFacts({ ...problem, begun, failure });
  return new Response(text, {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
