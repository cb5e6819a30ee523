import type { ErrorCode, Failure } from './errors.ts';

// What the API over HTTP refuses by itself, beyond what the scheduler's API fails with.

/** What somebody may do: see; do what is undone easily; set what others may use. Each may do what those before it may. */
export const SCOPES = ['read', 'operate', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export function mayDo(has: Scope, needs: Scope): boolean {
  return SCOPES.indexOf(has) >= SCOPES.indexOf(needs);
}

/** Something in a request that is not as it has to be. `at`: where, such as `query.limit`. */
export interface WrongValue {
  at: string;
  says: string;
}

/** A value of a definition that cannot be used. `code`: of DefinitionProblem or FileProblem. */
export interface WrongField extends WrongValue {
  code: string;
  /** Values that would do; null: they cannot be listed. */
  allowed: string[] | null;
  /** What may have been meant. */
  nearest: string | null;
}

/** By code, the facts that go with it. */
export interface RefusalFacts {
  'bad-request': { wrong: WrongValue[] };
  /** What a schedule is to be, or several of them: all that is wrong with it. */
  'bad-definition': { wrong: WrongField[] };
  /** It is not any more what an If-Match names. */
  'precondition-failed': { schedule: string; ifMatch: string; etag: string };
  'no-such-occurrence': { occurrence: string };
  'no-such-path': { path: string };
  'wrong-method': { method: string; allowed: string[] };
  'no-token': Record<never, never>;
  /** There is no such token, or it was revoked or is over; which of these is not told. */
  'wrong-token': Record<never, never>;
  'token-in-query': { parameter: string };
  'scope-missing': { needs: Scope; has: Scope; isLocal: boolean };
  'wrong-host': { host: string; allowed: string[] };
  'wrong-origin': { origin: string; allowed: string[] };
  'wrong-content-type': { contentType: string | null };
  'body-too-large': { mostBytes: number };
  'body-too-deep': { mostDepth: number; mostValues: number };
  'too-many-headers': { most: number };
  'headers-too-large': { mostBytes: number };
  /** It is no HTTP, or says two things at once about where it ends. */
  'unreadable-request': Record<never, never>;
  /** It did not come to its end in time. */
  'request-timeout': { withinMs: number };
  'too-many-requests': { retryAfterSec: number; perMinute: number };
  'too-many-streams': { most: number };
  /** The same key came with another request before. */
  'key-used': { key: string };
  /** The log has become shorter than where somebody wants to go on: its middle was cut, or it is another one. */
  'beyond-log': { taskId: number; attempt: number; from: number; size: number };
  'wrong-cursor': { cursor: string };
  /** `why`: the code of what does not answer. Anybody may ask, so there is no more. */
  'not-ready': { why: ErrorCode };
  /** The command that asks was configured otherwise than this server, or is another program: it answers otherwise. */
  'other-configuration': Record<never, never>;
  /** Of MCP. */
  'no-such-tool': { tool: string; allowed: string[] };
  /** `changes`: something was to be changed, and it is not known whether it was. */
  'not-in-time': { withinMs: number; changes: boolean };
  /** A defect of ours; the log has more under the id of the request. */
  internal: Record<never, never>;
}

export type RefusalCode = keyof RefusalFacts;
export type Refusal = { [Code in RefusalCode]: { code: Code } & RefusalFacts[Code] }[RefusalCode];

const REFUSALS: Record<RefusalCode, true> = {
  'bad-request': true,
  'bad-definition': true,
  'precondition-failed': true,
  'no-such-occurrence': true,
  'no-such-path': true,
  'wrong-method': true,
  'no-token': true,
  'wrong-token': true,
  'token-in-query': true,
  'scope-missing': true,
  'wrong-host': true,
  'wrong-origin': true,
  'wrong-content-type': true,
  'body-too-large': true,
  'body-too-deep': true,
  'too-many-headers': true,
  'headers-too-large': true,
  'unreadable-request': true,
  'request-timeout': true,
  'too-many-requests': true,
  'too-many-streams': true,
  'key-used': true,
  'beyond-log': true,
  'wrong-cursor': true,
  'not-ready': true,
  'other-configuration': true,
  'no-such-tool': true,
  'not-in-time': true,
  internal: true,
};

export function isRefusal(failure: ApiFailure): failure is Refusal {
  return failure.code in REFUSALS;
}

/** Everything that a request can fail with. */
export type ApiCode = ErrorCode | RefusalCode;
export type ApiFailure = Failure | Refusal;

/** A request that is refused; words/api-refusal.ts says why. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(readonly refusal: Refusal) {
    super(refusal.code);
  }

  get code(): RefusalCode {
    return this.refusal.code;
  }
}
