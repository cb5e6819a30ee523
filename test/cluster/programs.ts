import type { ClusterPrograms } from './cluster.ts';

/** What scripts/cluster-programs.mjs has found, as it tells it. */
export function programsOf(env: Record<string, string | undefined>): ClusterPrograms {
  const { CLUSTER_PROGRAMS } = env;
  if (CLUSTER_PROGRAMS === undefined)
    throw new Error(
      'CLUSTER_PROGRAMS is not set: use `npm run test:cluster`, or `npm run chaos -- --cluster`',
    );
  return JSON.parse(CLUSTER_PROGRAMS);
}
