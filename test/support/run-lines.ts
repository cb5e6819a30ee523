import type { RunLine, RunState } from '../../contract/status.ts';

/** A run of ada's in pool dev, in a state that it rests in, with why. */
export function runLineIn(
  taskId: number,
  state: Extract<RunState, 'parked' | 'backing-off'>,
  cause: string,
): RunLine {
  return {
    ...{ taskId, agent: 'ada', whose: { queue: 'dev' }, queue: 'dev', phase: state, state },
    ...{ attempt: 2, sinceMs: 1_790_000_000_000, cause },
  };
}
