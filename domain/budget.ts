/** Of one budget, one attempt, or one day. */
export const MOST_TOKENS = 10 ** 12;

/** So many tokens may be taken in a day. */
export interface Budget {
  /** A whole number from 0. */
  tokensPerDay: number;
  /** Whose days, by its IANA name: `Europe/Berlin`. */
  timeZone: string;
}

/** As it is configured, without what is known of it besides. */
export function budgetOf({ tokensPerDay, timeZone }: Budget): Budget {
  return { tokensPerDay, timeZone };
}
