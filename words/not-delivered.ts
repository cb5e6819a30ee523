import { calledAs } from '../config/called-as.ts';
import type { NotifyingTrouble } from '../contract/status.ts';
import type { NotDelivered } from '../domain/notify/patience.ts';
import { moment } from './clock.ts';
import { duration } from './duration.ts';
import { counted } from './number.ts';

/** Why a message did not arrive, as a clause. */
export function sayNotDelivered(problem: NotDelivered): string {
  switch (problem.why) {
    case 'status':
      return `the receiver answers ${problem.status}${sayStatus(problem.status)}`;
    case 'no-answer':
      return `the receiver has not answered within ${duration(problem.afterMs)}`;
    case 'no-connection':
      return `the receiver cannot be reached (${problem.code})`;
    case 'command-failed':
      return problem.exitCode === null
        ? 'the command was ended by a signal'
        : `the command ended with ${problem.exitCode}`;
    case 'command-too-slow':
      return `the command was ended, since it was not done within ${duration(problem.afterMs)}`;
    case 'command-unfit':
      return problem.text;
  }
}

function sayStatus(status: number): string {
  if (status >= 300 && status < 400) return ', which leads elsewhere: nobody goes there';
  if (status === 401 || status === 403) return ': TINYSCHEDULER_NOTIFY_TOKEN, or the address, is wrong';
  return status === 404 || status === 410 ? ': the address is wrong' : '';
}

/** That messages wait since the receiver does not take them, as a sentence. */
export function sayNotifying({ waiting, sinceMs, problem }: NotifyingTrouble): string {
  return (
    `Notifications are not delivered since ${moment(sinceMs)}: ${sayNotDelivered(problem)}. ` +
    `${counted(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'}, and none is lost; ` +
    `\`${calledAs()} notify --test\` tries it.`
  );
}
