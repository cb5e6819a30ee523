import { Connection } from '@temporalio/client';
import type { TemporalSettings } from '../config/temporal.ts';
import { SEARCH_ATTRIBUTES } from '../contract/attributes.ts';
import { schedulerError } from '../words/errors.ts';

const NAMES = SEARCH_ATTRIBUTES.map(({ name }) => name);

const KEYWORD = 2;

/**
 * Adds the search attributes that the namespace lacks, since a server without them refuses to start a run.
 * @throws `search-attributes-missing` if it may not, or cannot look
 */
export async function ensureSearchAttributes({
  namespace,
  connectionOptions,
}: TemporalSettings): Promise<void> {
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: 5_000 });
  try {
    await connection.withDeadline(Date.now() + 10_000, async () => {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = NAMES.filter((name) => !(name in (customAttributes ?? {})));
      if (missing.length === 0) return;
      const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    });
  } catch (error) {
    const { message: text } = error as Error;
    throw schedulerError(
      { code: 'search-attributes-missing', names: NAMES, namespace, text },
      { cause: error },
    );
  } finally {
    await connection.close();
  }
}
