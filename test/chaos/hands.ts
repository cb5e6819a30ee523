/** What a person does to a task in TinyTask. */
export type Hand =
  | { do: 'delete' }
  /** It is idle afterwards, whatever it was; `to` null: with nobody. `from`: who had it when the person looked. */
  | { do: 'assign'; from: string | null; to: string | null }
  | { do: 'requeue'; queue: string | null };

export interface HandOnTask {
  task: number;
  hand: Hand;
}

/** How long after a person's write somebody of ours may still write what it decided before: a read that is 5 s old. */
export const RACE_MS = 5_000 + 1_000;
/**
 * How long an agent may go on working on a task that was taken from it: until that is seen (a look every 3 s), and the
 * grace until it is killed; and a TinyTask that was down for a while.
 */
export const DISPLACED_MS = 15_000;
