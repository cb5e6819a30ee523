// What a server of the API tells its log.

export type ApiEvent =
  /** An answer. `who`: as the log names them. `path`: without the query, in which somebody may have put a secret. */
  | {
      what: 'answered';
      method: string;
      path: string;
      status: number;
      /** It would change something. */
      writes: boolean;
      who: string;
      remote: string | null;
      requestId: string;
      tookMs: number;
      /** Of what was refused or failed. */
      code: string | null;
    }
  /** A defect of ours. */
  | { what: 'defect'; requestId: string; error: unknown }
  | { what: 'listening'; url: string; tokenRequired: boolean }
  | { what: 'problem'; problem: string };
