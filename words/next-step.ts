import { calledAs } from '../config/called-as.ts';
import type { ApiCode, ApiFailure } from '../contract/api.ts';
import { sayTokenCommand } from './api-refusal.ts';
import { OVER_HTTP, type Ways } from './ways.ts';

type About<Code extends ApiCode> = Extract<ApiFailure, { code: Code }>;
type NextSteps = { [Code in ApiCode]: string | ((failure: About<Code>, by: Ways) => string) };

const AGAIN_LATER = (_: unknown, by: Ways) =>
  `Try again in a moment; ${by.health} tells when it is well again.`;
const ON_ITS_HOST = () => `Use the command line on that host: \`${calledAs()} --help\`.`;

/** What whoever asked should do now. Read by programs and agents, so it names requests or tools: as their surface does. */
const NEXT_STEPS: NextSteps = {
  'no-such-task': (_, by) => `${by.tasks} lists the open ones.`,
  'nothing-to-run': (_, by) => `Add a new task with ${by.addTask}.`,
  'nothing-to-foresee': (_, by) => `${by.forecast} is about all open tasks.`,
  'nothing-to-cancel': ({ taskId }, by) => `${by.explain(taskId)} tells where the task is.`,
  'not-cancelled-yet': ({ taskId }, by) => `Wait; ${by.explain(taskId)} tells how far it is.`,
  'not-ended-yet': ({ taskId }, by) => `Wait on; ${by.explain(taskId)} tells how far it is.`,
  'task-runs': ({ taskId }, by) => `${by.cancel(taskId)} stops it; then it can be removed.`,
  'no-such-agent': (_, by) => `${by.agents} lists those that there are.`,
  'existing-agent': ({ agent }, by) => `${by.limit(agent)} gives it more slots.`,
  'leaving-agent': (_, by) => `Wait until its tasks are over, or cancel them with ${by.cancelMany}.`,
  'no-such-queue': (_, by) => `${by.pools} lists those that there are.`,
  'no-such-attempt': ({ taskId }, by) => `${by.task(taskId)} lists the attempts that there are.`,
  'no-log': ({ taskId }, by) => `${by.explain(taskId)} tells what became of the attempt.`,
  'log-elsewhere': ({ host }) => `Ask the server on ${host}.`,
  'log-missing': ({ taskId }, by) => `${by.task(taskId)} tells what is known of the attempt.`,
  'log-unreadable': 'Have somebody look at the rights of the log folder.',
  'temporal-unreachable': AGAIN_LATER,
  'temporal-stuck': AGAIN_LATER,
  'temporal-failed': AGAIN_LATER,
  'pass-failed': AGAIN_LATER,
  'search-attributes-missing': 'Have somebody run `validate-config --fix` on the host.',
  'another-scheduler': 'Ask the server of that base path.',
  'anothers-tinytask': 'Have somebody correct TINYSCHEDULER_MCP_ENDPOINT.',
  'backup-place-taken': ON_ITS_HOST,
  'backup-failed': ON_ITS_HOST,
  'nothing-to-back-up': ON_ITS_HOST,
  'backup-unusable': ON_ITS_HOST,
  'restore-place-taken': ON_ITS_HOST,
  'something-runs': ON_ITS_HOST,
  'restore-failed': ON_ITS_HOST,
  'no-such-schedule': (_, by) => `${by.schedules} lists those that there are.`,
  'existing-schedule': ({ schedule }, by) => `${by.editSchedule(schedule)} changes it.`,
  'schedule-changed': ({ schedule }, by) => by.seeBeforeEditing(schedule),
  'schedule-paused': ({ schedule }, by) => `${by.resumeSchedule(schedule)} resumes it.`,
  'schedule-finished': ({ schedule }, by) => `${by.endSchedule(schedule)} gives it another end.`,
  'api-no-answer': (_, by) => `Look whether it was done, with ${by.state}, before you ask again.`,
  'no-daemon': (_, by) => `Have somebody start a daemon; ${by.health} tells when it is there.`,
  'too-many-times': 'Name a shorter time.',
  'no-such-time': ({ schedule }, by) => `${by.scheduleHistory(schedule)} tells what there was.`,
  'tinytask-unreachable': AGAIN_LATER,
  'tinytask-timeout': (_, by) => `It is not known whether a change was made: ${by.askAgain}.`,
  'tinytask-broken-reply': AGAIN_LATER,
  'tinytask-refused': 'Correct the request: the same one will be refused again.',
  'bad-request': (_, by) => `Correct the request. ${by.document} tells what it takes.`,
  'bad-definition': 'Correct what `facts.wrong` names: all that is wrong is there.',
  'precondition-failed': ({ schedule }) =>
    `GET /api/schedules/${schedule}/, and send the ETag of its answer as If-Match, without W/ before it.`,
  'no-such-occurrence': (_, by) => `${by.occurrences} lists those that are known.`,
  'no-such-path': (_, by) => `${by.document} tells what there is.`,
  'wrong-method': ({ allowed }) => `Use ${allowed.join(' or ')}.`,
  'no-token': () => `Send \`Authorization: Bearer …\`; ${sayTokenCommand()} on the host makes a token.`,
  'wrong-token': () => `Have ${sayTokenCommand()} run on the host, and send that token.`,
  'token-in-query': 'Send it in the header: `Authorization: Bearer …`. Revoke it if it may have been seen.',
  'scope-missing': ({ needs }, by) => by.mayMore(sayTokenCommand(needs)),
  'wrong-host': 'Have the name added to TINYSCHEDULER_API_NAMES, if it is one of this server.',
  'wrong-origin': 'Have it added to TINYSCHEDULER_API_ORIGINS, if it is to be trusted.',
  'wrong-content-type': 'Send `Content-Type: application/json` with a body.',
  'body-too-large': 'Send less.',
  'body-too-deep': 'Send less.',
  'too-many-headers': 'Send fewer headers.',
  'headers-too-large': 'Send shorter headers.',
  'unreadable-request': (_, by) => `Send it with a client of HTTP; ${by.document} tells what there is.`,
  'request-timeout': 'Send it again, faster.',
  'too-many-requests': ({ retryAfterSec }, by) =>
    `Wait ${retryAfterSec} s. ${by.changes} tells of changes without asking each task.`,
  'too-many-streams': (_, by) => `Close some, or ask ${by.state} now and then.`,
  'key-used': (_, by) => by.otherKey,
  'beyond-log': 'Read it again with from=0, or with from=-4096 its end.',
  'wrong-cursor': 'Begin without a cursor.',
  'not-ready': 'Ask again in some seconds.',
  'no-such-tool': 'tools/list tells which there are.',
  'not-in-time': ({ changes }, by) =>
    changes
      ? `It may still be done: ${by.askAgain}.`
      : `Try again in a moment; if it lasts, have somebody run \`${calledAs()} check\` on the host.`,
  'other-configuration': (_, by) =>
    `Use what ${by.document} tells of; this one is for commands of the same configuration.`,
  internal: 'Try again; if it lasts, look for the id of this request in the log.',
};

/** @param by how the surface names what can be asked next */
export function nextStep(failure: ApiFailure, by: Ways = OVER_HTTP): string {
  const step = NEXT_STEPS[failure.code];
  // Each entry takes the facts of its own code.
  return typeof step === 'string' ? step : (step as (failure: ApiFailure, by: Ways) => string)(failure, by);
}
