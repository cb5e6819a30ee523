import type { Surroundings } from '../../client/schedules/surroundings.ts';

/** A host with two agents, on which each recipe and each program is there. */
export function surroundings(others: Partial<Surroundings> = {}): Surroundings {
  return {
    nowMs: Date.parse('2026-11-26T12:00:00Z'),
    timeZone: 'Europe/Berlin',
    loopIntervalMs: 60_000,
    agents: ['vaela', 'commands'],
    queues: ['dev'],
    recipe: async () => undefined,
    program: async () => undefined,
    ...others,
  };
}
