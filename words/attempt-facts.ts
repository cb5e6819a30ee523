import type { Attempt, CommentedAttempt } from '../contract/attempts.ts';
import { moment } from './clock.ts';

/** One attempt, as a line for people: when, where, what it came to, and what it took. */
export function sayAttemptFacts(attempt: Attempt | CommentedAttempt): string {
  if (attempt.state === 'commented') return sayCommented(attempt);
  const { number, agent, host, startedAtMs, sentAtMs } = attempt;
  const at = host === null ? [] : [`at host ${host}`];
  const where = [`on ${agent}`, ...at, moment(startedAtMs ?? sentAtMs)].join(', ');
  return `attempt ${number} ${where}: ${sayEnd(attempt)}${sayTaken(attempt)}`;
}

function sayCommented({ number, endedAtMs, comment }: CommentedAttempt): string {
  const when = endedAtMs === null ? '' : ` ${moment(endedAtMs)}`;
  return `attempt ${number}${when}: ${comment} (by its comment: the server knows it no more)`;
}

function sayEnd({ state, verdict, end }: Attempt): string {
  switch (state) {
    case 'under-way':
      return 'under way';
    case 'cut-off':
      return 'its run was ended from outside meanwhile';
    case 'ended': {
      const came = verdict === null ? 'ended, and how is not known' : `${verdict.kind}, ${verdict.reason}`;
      return end === null ? came : `${came}; the task: ${end}`;
    }
  }
}

function sayTaken({ seconds, turns, tokens, log, logTrouble }: Attempt): string {
  const taken = [
    ...(seconds === null ? [] : [`${seconds} s`]),
    ...(turns === null ? [] : [`${turns} ${turns === 1 ? 'turn' : 'turns'}`]),
    ...(tokens === null ? [] : [`${tokens} tokens`]),
    ...(log === null ? [] : [`log ${[log, logTrouble ?? []].flat().join(' ')}`]),
  ];
  return taken.map((each) => `; ${each}`).join('');
}
