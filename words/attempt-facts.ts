import type { AttemptFacts } from '../contract/status.ts';
import { moment } from './clock.ts';

/** One attempt, as a line for people: when, where, what it came to, and what it took. */
export function sayAttemptFacts(attempt: AttemptFacts): string {
  const { number, agent, host, startedAtMs, endedAtMs } = attempt;
  const atMs = startedAtMs ?? endedAtMs;
  const where = [
    ...(agent === null ? [] : [`on ${agent}`]),
    ...(host === null ? [] : [`at host ${host}`]),
    ...(atMs === null ? [] : [moment(atMs)]),
  ].join(', ');
  return `attempt ${number}${where === '' ? '' : ` ${where}`}: ${sayEnd(attempt)}${sayTaken(attempt)}`;
}

function sayEnd({ state, verdict, end, comment }: AttemptFacts): string {
  switch (state) {
    case 'under-way':
      return 'under way';
    case 'cut-off':
      return 'its run was ended from outside meanwhile';
    case 'commented':
      return `${comment ?? ''} (by its comment: the server knows it no more)`;
    case 'ended': {
      const came = verdict === null ? 'ended, and how is not known' : `${verdict.kind}, ${verdict.reason}`;
      return end === null ? came : `${came}; the task: ${end}`;
    }
  }
}

function sayTaken({ seconds, turns, tokens, log }: AttemptFacts): string {
  const taken = [
    ...(seconds === null ? [] : [`${seconds} s`]),
    ...(turns === null ? [] : [`${turns} ${turns === 1 ? 'turn' : 'turns'}`]),
    ...(tokens === null ? [] : [`${tokens} tokens`]),
    ...(log === null ? [] : [`log ${log}`]),
  ];
  return taken.map((each) => `; ${each}`).join('');
}
