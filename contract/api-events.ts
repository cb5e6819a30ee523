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
  /** A tool was called. `code`: of what it failed with. `requestId`: null by stdio. */
  | {
      what: 'tool';
      tool: string;
      writes: boolean;
      who: string;
      code: string | null;
      requestId: string | null;
      tookMs: number;
    }
  /** A defect of ours. */
  | { what: 'defect'; requestId: string | null; error: unknown }
  | { what: 'listening'; url: string; tokenRequired: boolean }
  | { what: 'problem'; problem: string };
