import { spawnSync } from 'node:child_process';
import { programPath } from '../../os/executable.mjs';

/** Of Debian's prometheus: scripts/test.mjs finds or fetches it. Undefined: what needs it is skipped. */
export const PROMTOOL = process.env.PROMTOOL ?? programPath('promtool', process.env.PATH);

/** What rules and panels ask of Temporal's SDK; test/system/metrics.test.ts has a real scrape. */
export const OF_TEMPORAL = ['temporal_request_total', 'temporal_request_latency_seconds'];

export interface Said {
  status: number | null;
  text: string;
}

export function promtool(args: readonly string[], input = ''): Said {
  if (PROMTOOL === undefined) throw new Error('there is no promtool');
  const { status, stdout, stderr } = spawnSync(PROMTOOL, args, { input, encoding: 'utf8', timeout: 60_000 });
  return { status, text: `${stdout}${stderr}` };
}
