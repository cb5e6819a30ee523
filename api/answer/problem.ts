import { type ApiCode, type ApiFailure, isRefusal } from '../../contract/api.ts';
import { sayRefusal } from '../../words/api-refusal.ts';
import { sayFailure } from '../../words/errors.ts';
import { nextStep } from '../../words/next-step.ts';
import { factsJson } from './facts.ts';

export type ProblemStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 408
  | 409
  | 412
  | 413
  | 415
  | 416
  | 421
  | 422
  | 429
  | 431
  | 500
  | 502
  | 503
  | 504;

/** What each code is over HTTP, and its name for people. */
export const PROBLEMS: Record<ApiCode, readonly [ProblemStatus, string]> = {
  'no-such-task': [404, 'No such task'],
  'nothing-to-run': [409, 'Nothing to run'],
  'nothing-to-foresee': [409, 'Nothing to foresee'],
  'nothing-to-cancel': [409, 'Nothing to cancel'],
  'not-cancelled-yet': [504, 'Not cancelled yet'],
  'task-runs': [409, 'The task runs'],
  'not-ended-yet': [504, 'Not ended yet'],
  'no-such-agent': [404, 'No such agent'],
  'existing-agent': [409, 'There is such an agent already'],
  'leaving-agent': [409, 'The agent is leaving'],
  'no-such-queue': [404, 'No such queue'],
  'no-such-attempt': [404, 'No such attempt'],
  'no-log': [404, 'No log'],
  'log-elsewhere': [404, 'The log is on another host'],
  'log-missing': [404, 'The log is missing'],
  'log-unreadable': [503, 'The log cannot be read'],
  'temporal-unreachable': [503, 'Temporal does not answer'],
  'temporal-stuck': [503, 'Temporal is stuck'],
  'temporal-failed': [503, 'Temporal failed'],
  'pass-failed': [503, 'The pass failed'],
  'search-attributes-missing': [503, 'Search attributes are missing'],
  'another-scheduler': [503, 'The scheduler is another one'],
  'anothers-tinytask': [503, "The TinyTask is somebody else's"],
  'backup-place-taken': [409, 'The place of the backup is taken'],
  'backup-failed': [503, 'The backup failed'],
  'nothing-to-back-up': [409, 'Nothing to back up'],
  'backup-unusable': [409, 'The backup cannot be used'],
  'restore-place-taken': [409, 'The place to restore to is taken'],
  'something-runs': [409, 'Something runs'],
  'restore-failed': [503, 'The backup was not restored'],
  'no-such-schedule': [404, 'No such schedule'],
  'existing-schedule': [409, 'There is such a schedule already'],
  'schedule-changed': [409, 'The schedule was changed meanwhile'],
  'schedule-paused': [409, 'The schedule is paused'],
  'schedule-finished': [409, 'The schedule is finished'],
  'no-daemon': [503, 'No daemon'],
  'api-no-answer': [504, 'The API did not answer'],
  'too-many-times': [422, 'Too many times'],
  'no-such-time': [404, 'No such time'],
  'tinytask-unreachable': [503, 'TinyTask does not answer'],
  'tinytask-timeout': [504, 'TinyTask did not answer in time'],
  'tinytask-broken-reply': [502, 'TinyTask answered what cannot be read'],
  'tinytask-refused': [422, 'TinyTask refused it'],
  'bad-request': [400, 'The request is not as it has to be'],
  'bad-definition': [400, 'The definition cannot be used'],
  'precondition-failed': [412, 'It is another version'],
  'no-such-occurrence': [404, 'No such occurrence'],
  'no-such-path': [404, 'No such path'],
  'wrong-method': [405, 'The method is not for this path'],
  'no-token': [401, 'No token'],
  'wrong-token': [401, 'The token is not valid'],
  'token-in-query': [400, 'A token in the address'],
  'scope-missing': [403, 'The scope is missing'],
  'wrong-host': [421, 'The host is another one'],
  'wrong-origin': [403, 'The origin is not allowed'],
  'wrong-content-type': [415, 'The type of the content is not JSON'],
  'body-too-large': [413, 'The body is too large'],
  'body-too-deep': [413, 'The body is too deep'],
  'too-many-headers': [431, 'Too many headers'],
  'headers-too-large': [431, 'The headers are too large'],
  'unreadable-request': [400, 'The request cannot be read'],
  'request-timeout': [408, 'The request took too long'],
  'too-many-requests': [429, 'Too many requests'],
  'too-many-streams': [503, 'Too many streams'],
  'key-used': [422, 'The key was used before'],
  'beyond-log': [416, 'Beyond the end of the log'],
  'wrong-cursor': [400, 'The cursor is not known'],
  'not-ready': [503, 'Not ready'],
  'other-configuration': [409, 'Another configuration'],
  'no-such-tool': [404, 'No such tool'],
  'not-in-time': [504, 'Not in time'],
  internal: [500, 'A defect of the server'],
};

/** A failure as RFC 9457 has it, with its code, its facts, what is allowed and what to do next. */
export interface Problem {
  type: string;
  title: string;
  status: ProblemStatus;
  code: ApiCode;
  detail: string;
  facts: Record<string, unknown>;
  /** Values that would do; null: that cannot be listed. */
  allowed: string[] | null;
  next_step: string;
  request_id: string;
}

/** Names and numbers that an answer lists. */
const MOST_ALLOWED = 100;

export function problemOf(failure: ApiFailure, requestId: string): Problem {
  const [status, title] = PROBLEMS[failure.code];
  const { code, ...facts } = failure;
  return {
    type: `urn:tinyscheduler:problem:${code}`,
    ...{ title, status, code, detail: isRefusal(failure) ? sayRefusal(failure) : sayFailure(failure) },
    facts: factsJson(facts),
    allowed: allowedBy(failure),
    next_step: nextStep(failure),
    request_id: requestId,
  };
}

/** Values that would do; null: that cannot be listed. */
export function allowedBy(failure: ApiFailure): string[] | null {
  // Of very many only those that are near are looked at.
  if (failure.code === 'no-such-schedule' && failure.known.length === 0) return null;
  if ('known' in failure) return failure.known.slice(0, MOST_ALLOWED).map(String);
  if ('allowed' in failure) return failure.allowed.slice(0, MOST_ALLOWED);
  if ('needs' in failure) return [failure.needs];
  if (failure.code === 'wrong-content-type') return ['application/json'];
  return null;
}
