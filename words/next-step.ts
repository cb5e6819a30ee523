import { calledAs } from '../config/called-as.ts';
import type { ApiCode, ApiFailure } from '../contract/api.ts';
import { sayTokenCommand } from './api-refusal.ts';

type About<Code extends ApiCode> = Extract<ApiFailure, { code: Code }>;
type NextSteps = { [Code in ApiCode]: string | ((failure: About<Code>) => string) };

const AGAIN_LATER = 'Try again in a moment; GET /readyz tells when it is well again.';
const LIST_SCHEDULES = 'GET /api/schedules/ lists those that there are.';
const ON_ITS_HOST = () => `Use the command line on that host: \`${calledAs()} --help\`.`;

/** What whoever made the request should do now. Read by programs and agents, so it names requests. */
const NEXT_STEPS: NextSteps = {
  'no-such-task': 'GET /api/tasks lists the open ones.',
  'nothing-to-run': 'Add a new task with POST /api/tasks.',
  'nothing-to-foresee': 'GET /api/forecast is about all open tasks.',
  'nothing-to-cancel': ({ taskId }) => `GET /api/tasks/${taskId}/explain tells where the task is.`,
  'not-cancelled-yet': ({ taskId }) => `Wait; GET /api/tasks/${taskId}/explain tells how far it is.`,
  'not-ended-yet': ({ taskId }) => `Wait on; GET /api/tasks/${taskId}/explain tells how far it is.`,
  'no-such-agent': 'GET /api/agents lists those that there are.',
  'existing-agent': ({ agent }) => `POST /api/agents/${agent}/limit gives it more slots.`,
  'leaving-agent': 'Wait until its tasks are over, or cancel them with POST /api/tasks/cancel.',
  'no-such-queue': 'GET /api/pools lists those that there are.',
  'no-such-attempt': ({ taskId }) => `GET /api/tasks/${taskId} lists the attempts that there are.`,
  'no-log': ({ taskId }) => `GET /api/tasks/${taskId}/explain tells what became of the attempt.`,
  'log-elsewhere': ({ host }) => `Ask the server on ${host}.`,
  'log-missing': ({ taskId }) => `GET /api/tasks/${taskId} tells what is known of the attempt.`,
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
  'no-such-schedule': LIST_SCHEDULES,
  'existing-schedule': ({ schedule }) => `PATCH /api/schedules/${schedule}/ changes it.`,
  'schedule-changed': ({ schedule }) =>
    `GET /api/schedules/${schedule}/ again, and send the ETag of its answer as If-Match.`,
  'schedule-paused': ({ schedule }) => `POST /api/schedules/${schedule}/enable/ resumes it.`,
  'schedule-finished': ({ schedule }) => `PATCH /api/schedules/${schedule}/ gives it another end.`,
  'api-no-answer': 'Look whether it was done, with GET /api/state, before you ask again.',
  'no-daemon': 'Have somebody start a daemon; GET /readyz tells when it is there.',
  'too-many-times': 'Name a shorter time.',
  'no-such-time': ({ schedule }) => `GET /api/schedules/${schedule}/history/ tells what there was.`,
  'tinytask-unreachable': AGAIN_LATER,
  'tinytask-timeout':
    'It is not known whether the change was made: look, or send the same request again with its Idempotency-Key.',
  'tinytask-broken-reply': AGAIN_LATER,
  'tinytask-refused': 'Correct the request: the same one will be refused again.',
  'bad-request': 'Correct the request; GET /openapi.json tells what it takes.',
  'bad-definition': 'Correct what `facts.wrong` names: all that is wrong is there.',
  'precondition-failed': ({ schedule }) =>
    `GET /api/schedules/${schedule}/, and send the ETag of its answer as If-Match, without W/ before it.`,
  'no-such-occurrence': 'GET /api/occurrences lists those that are known.',
  'no-such-path': 'GET /openapi.json tells what there is.',
  'wrong-method': ({ allowed }) => `Use ${allowed.join(' or ')}.`,
  'no-token': () => `Send \`Authorization: Bearer …\`; ${sayTokenCommand()} on the host makes a token.`,
  'wrong-token': () => `Have ${sayTokenCommand()} run on the host, and send that token.`,
  'token-in-query': 'Send it in the header: `Authorization: Bearer …`. Revoke it if it may have been seen.',
  'scope-missing': ({ needs }) => `Have ${sayTokenCommand(needs)} run on the host, and send that token.`,
  'wrong-host': 'Have the name added to TINYSCHEDULER_API_NAMES, if it is one of this server.',
  'wrong-origin': 'Have it added to TINYSCHEDULER_API_ORIGINS, if it is to be trusted.',
  'wrong-content-type': 'Send `Content-Type: application/json`, also where there is no body.',
  'body-too-large': 'Send less.',
  'body-too-deep': 'Send less.',
  'too-many-headers': 'Send fewer headers.',
  'headers-too-large': 'Send shorter headers.',
  'unreadable-request': 'Send it with a client of HTTP; GET /openapi.json tells what there is.',
  'request-timeout': 'Send it again, faster.',
  'too-many-requests': ({ retryAfterSec }) =>
    `Wait ${retryAfterSec} s. GET /api/events tells of changes without asking.`,
  'too-many-streams': 'Close some, or ask GET /api/state now and then.',
  'key-used': 'Send a new Idempotency-Key with a new request.',
  'beyond-log': 'Read it again with from=0, or with from=-4096 its end.',
  'wrong-cursor': 'Begin without a cursor.',
  'not-ready': 'Ask again in some seconds.',
  'other-configuration':
    'Use the paths of GET /openapi.json; this one is for commands of the same configuration.',
  internal: 'Try again; if it lasts, look for the id of this request in the log.',
};

export function nextStep(failure: ApiFailure): string {
  const step = NEXT_STEPS[failure.code];
  // Each entry takes the facts of its own code.
  return typeof step === 'string' ? step : (step as (failure: ApiFailure) => string)(failure);
}
