import { readRunRecords } from '../../goose/host/run-record.ts';
import type { Workplace } from '../../goose/workplace/workplace.ts';
import type { GooseDeps } from './deps.ts';

/**
 * Removes what the agent of an attempt that is over has beyond what it keeps, beside whatever comes next: nobody waits for
 * it, and what it does not come to is done after the next attempt. Call it when the run has no record any more.
 */
export function cleanUpBeside(
  { place, tell }: Pick<GooseDeps, 'place' | 'tell'>,
  agent: string,
  workplace: Workplace,
): void {
  const isRunning = async (taskId: number) => {
    const { records, unread } = await readRunRecords(place.runningDir);
    return unread !== undefined || records.some((record) => record.taskId === taskId);
  };
  workplace.cleanUp(isRunning).then(
    (beyond) => {
      for (const each of beyond) tell({ what: 'worktree-beyond', agent, ...each });
    },
    (error: Error) => {
      const problem = `The worktrees of ${agent} could not be cleaned up: ${error.message}`;
      tell({ what: 'problem', about: 'host', problem });
    },
  );
}
