// Where the API is served on this host, and why it is not: what those who keep it tell, and `status` and `check` pass on.

/** Why who is to serve the API does not. It is served as soon as that is over. */
export type ApiTrouble =
  | { why: 'port-taken'; host: string; port: number }
  /** The address is one that others can reach, and there is no token that counts. */
  | { why: 'no-token'; host: string }
  | { why: 'tokens-unusable'; text: string }
  /** Anything else that the system says. */
  | { why: 'not-listening'; host: string; port: number; text: string };

/** Where it is served; `tokenRequired`: from processes of this machine too. */
export interface ApiAddress {
  url: string;
  tokenRequired: boolean;
}

export type ApiServed = ApiAddress | { trouble: ApiTrouble };
