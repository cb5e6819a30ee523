import { Connection } from '@temporalio/client';
import type { TemporalSettings } from '../config/temporal.ts';
import { SEARCH_ATTRIBUTES } from '../contract/attributes.ts';

const NAMES = SEARCH_ATTRIBUTES.map(({ name }) => name);

const KEYWORD = 2;

/** Adds the search attributes that the namespace lacks, since a server without them refuses to start a run. Throws with the command to type if it may not. */
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
    const names = NAMES.map((name) => `--name ${name} --type Keyword`).join(' ');
    throw new Error(
      `The search attributes ${NAMES.join(', ')} could not be looked up or added ` +
        `(${(error as Error).message}). If they are missing: ` +
        `temporal operator search-attribute create --namespace ${namespace} ${names}`,
    );
  } finally {
    await connection.close();
  }
}
