/** So many tokens may be taken in a day. */
export interface Budget {
  /** A whole number from 0. */
  tokensPerDay: number;
  /** Whose days, by its IANA name: `Europe/Berlin`. */
  timeZone: string;
}
