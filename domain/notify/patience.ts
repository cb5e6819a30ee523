/** Why a message was not delivered. Nothing of what the receiver answered is in it. */
export type NotDelivered =
  /** It answered with this HTTP status. */
  | { why: 'status'; status: number }
  | { why: 'no-answer'; afterMs: number }
  /** Such as `ECONNREFUSED`; `unknown` where the system does not say. */
  | { why: 'no-connection'; code: string }
  /** Null: a signal ended it. */
  | { why: 'command-failed'; exitCode: number | null }
  | { why: 'command-too-slow'; afterMs: number }
  /** A sentence about the file. */
  | { why: 'command-unfit'; text: string };

const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
const REFUSED_FIRST_MS = 60_000;
const REFUSED_LONGEST_MS = 15 * 60_000;
const TOO_MANY = 429;
const TIMEOUT = 408;

/** A person has to mend it: the receiver understood, and does not want it, or there is none that could be asked. */
export function isRefused(problem: NotDelivered): boolean {
  if (problem.why === 'command-unfit') return true;
  if (problem.why !== 'status') return false;
  const { status } = problem;
  return status < 500 && status !== TOO_MANY && status !== TIMEOUT;
}

const ABOUT_THE_SENDER = [401, 403];

/** The receiver takes others, as far as it says: a 4xx that is not about who sends, or how often. */
export function isAboutTheMessage(problem: NotDelivered): boolean {
  if (problem.why !== 'status' || !isRefused(problem)) return false;
  return problem.status >= 400 && !ABOUT_THE_SENDER.includes(problem.status);
}

/** Until the next try, in milliseconds, after so many in a row that failed: 1 s, then doubled up to 5 min; of what was refused 1 to 15 min. */
export function pauseAfterTries(tries: number, problem: NotDelivered): number {
  const [first, longest] = isRefused(problem)
    ? [REFUSED_FIRST_MS, REFUSED_LONGEST_MS]
    : [FIRST_MS, LONGEST_MS];
  return Math.min(first * 2 ** Math.min(tries - 1, 20), longest);
}
