import type { Client } from '@temporalio/client';
import { keepLooking } from '../os/keep-looking.ts';

/** gRPC's numbers. */
const SILENT = [4, 14];
const LOOK_MS = 5_000;
const ANSWER_MS = 4_000;
/** One look that failed may be the moment in which a server is restarted. */
const FAILURES = 2;

/**
 * Looks every 5 s whether the server answers, until the returned function is called. `report` gets what is wrong after two
 * looks in a row that failed, and null after each that did not.
 */
export function watchTemporal(client: Client, report: (problem: string | null) => void): () => void {
  let failures = 0;
  return keepLooking(LOOK_MS, async () => {
    try {
      await client.withDeadline(Date.now() + ANSWER_MS, () => client.workflowService.getSystemInfo({}));
      failures = 0;
      report(null);
    } catch (error) {
      failures += 1;
      if (failures >= FAILURES) report(saySo(error));
    }
  });
}

function saySo(error: unknown): string {
  if (SILENT.includes((error as { code?: number }).code ?? 0)) return 'it does not answer';
  return error instanceof Error ? error.message : String(error);
}
