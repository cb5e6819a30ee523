import { findPostgresql } from './postgresql.mjs';
import { findTemporalServer } from './temporal-server.mjs';

/**
 * Puts into the environment what a Temporal cluster is made of (test/cluster). False where it cannot be had; it was said why.
 */
export async function useClusterPrograms() {
  const say = (line) => console.log(`cluster: ${line}`);
  if (process.platform !== 'linux') {
    say('skipped, since it runs on Linux only');
    return false;
  }
  const postgresql = await findPostgresql(say);
  const temporal = postgresql && (await findTemporalServer(say));
  if (temporal === undefined) {
    say(`skipped, since there is no ${postgresql === undefined ? 'PostgreSQL' : 'Temporal server'}`);
    return false;
  }
  process.env.CLUSTER_PROGRAMS = JSON.stringify({ ...postgresql, ...temporal });
  return true;
}
