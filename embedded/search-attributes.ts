import { Connection } from '@temporalio/client';
import type { TemporalSettings } from '../config/temporal.ts';

/** What our workflows can be filtered by; a server without them refuses to start a run. All of type Keyword. */
export const SEARCH_ATTRIBUTES = ['Agent', 'Pool', 'Queue', 'TaskId', 'Phase'];

const KEYWORD = 2;

/** Adds the search attributes that the namespace lacks. Throws with the command to type if it may not. */
export async function ensureSearchAttributes({
  namespace,
  connectionOptions,
}: TemporalSettings): Promise<void> {
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: 5_000 });
  try {
    await connection.withDeadline(Date.now() + 10_000, async () => {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = SEARCH_ATTRIBUTES.filter((name) => !(name in (customAttributes ?? {})));
      if (missing.length === 0) return;
      const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    });
  } catch (error) {
    const names = SEARCH_ATTRIBUTES.map((name) => `--name ${name} --type Keyword`).join(' ');
    throw new Error(
      `The search attributes ${SEARCH_ATTRIBUTES.join(', ')} could not be looked up or added ` +
        `(${(error as Error).message}). If they are missing: ` +
        `temporal operator search-attribute create --namespace ${namespace} ${names}`,
    );
  } finally {
    await connection.close();
  }
}
