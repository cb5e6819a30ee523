import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { TemporalSettings } from '../config/temporal.ts';
import { SEARCH_ATTRIBUTES } from '../contract/attributes.ts';
import { schedulerError } from '../words/errors.ts';

const NAMES = SEARCH_ATTRIBUTES.map(({ name }) => name);

const KEYWORD = 2;
/** Of gRPC. */
const INVALID_ARGUMENT = 3;
const ANSWERS_WITHIN_MS = 10_000;
/** The services of a cluster look for what is new each 2 s, unless somebody has set it otherwise. */
const COUNT_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 200;

/**
 * Adds the search attributes that the namespace lacks, since a server without them refuses to start a run.
 * @throws `search-attributes-missing` if it may not, or cannot look
 */
export async function ensureSearchAttributes(settings: TemporalSettings): Promise<void> {
  await withAttributes(settings, async (attributes) => {
    const { missing } = await attributes.look();
    if (missing.length > 0) await attributes.add(missing);
  });
}

/** The search attributes of a namespace. Its functions throw `search-attributes-missing` if they may not do what they do. */
interface Attributes {
  /** Those that it lacks, and those that somebody made for something else. */
  look(): Promise<{ missing: string[]; ofOtherType: string[] }>;
  /** Resolves when they count: a run that has one is refused before. */
  add(names: readonly string[]): Promise<void>;
}

/** Calls `work` while there is a connection. Throws what the connection does. */
export async function withAttributes<T>(
  { namespace, connectionOptions }: TemporalSettings,
  work: (attributes: Attributes) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: 5_000 });
  const { operatorService } = connection;
  const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await connection.withDeadline(Date.now() + ANSWERS_WITHIN_MS, call);
    } catch (error) {
      const { message: text } = error as Error;
      const failure = { code: 'search-attributes-missing', names: NAMES, namespace, text } as const;
      throw schedulerError(failure, { cause: error });
    }
  };
  try {
    return await work({
      async look() {
        const { customAttributes } = await ask(() => operatorService.listSearchAttributes({ namespace }));
        const known = customAttributes ?? {};
        return {
          missing: NAMES.filter((name) => !Object.hasOwn(known, name)),
          ofOtherType: NAMES.filter((name) => Object.hasOwn(known, name) && known[name] !== KEYWORD),
        };
      },
      async add(names) {
        const searchAttributes = Object.fromEntries(names.map((name) => [name, KEYWORD]));
        await ask(() => operatorService.addSearchAttributes({ namespace, searchAttributes }));
        await untilTheyCount(connection, { namespace, names });
      },
    });
  } finally {
    await connection.close();
  }
}

/** Gives up in time: whoever starts a run tries it again. */
async function untilTheyCount(
  connection: Connection,
  { namespace, names }: { namespace: string; names: readonly string[] },
): Promise<void> {
  const query = names.map((name) => `${name} = "any"`).join(' AND ');
  const untilMs = performance.now() + COUNT_WITHIN_MS;
  const isUnknown = () =>
    connection
      .withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
        connection.workflowService.countWorkflowExecutions({ namespace, query }),
      )
      .then(
        () => false,
        ({ code }: { code?: number }) => code === INVALID_ARGUMENT,
      );
  while (performance.now() < untilMs && (await isUnknown())) await sleep(LOOK_EVERY_MS);
}
