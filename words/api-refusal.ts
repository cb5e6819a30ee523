import { calledAs } from '../config/called-as.ts';
import { type Refusal, SCOPES, type WrongValue } from '../contract/api.ts';
import { sayBytes } from './bytes.ts';

type About<Code extends Refusal['code']> = Extract<Refusal, { code: Code }>;

/** Why each was refused. */
const WHY: { [Code in Refusal['code']]: string | ((refusal: About<Code>) => string) } = {
  'bad-request': ({ wrong }) => sayWrong(wrong),
  'bad-definition': ({ wrong }) => `Nothing was done. ${sayWrong(wrong)}`,
  'precondition-failed': ({ etag, ifMatch, schedule }) =>
    `Schedule ${schedule} is ${etag} now, and If-Match has ${ifMatch}: nothing was done.`,
  'no-such-occurrence': ({ occurrence }) =>
    `The server knows no occurrence ${JSON.stringify(occurrence)}; it forgets them after its retention.`,
  'no-such-path': ({ path }) => `There is nothing at ${path}.`,
  'wrong-method': ({ method }) => `${method} is not for this path.`,
  'no-token': 'This request needs a token, and has none.',
  'wrong-token': 'The token of this request is not known, was revoked, or is over.',
  'token-in-query': ({ parameter }) =>
    `A token in an address ends up in logs, so "${parameter}" is refused there.`,
  'scope-missing': sayScope,
  'wrong-host': ({ host }) => `This server does not go by the name ${JSON.stringify(host)}.`,
  'wrong-origin': ({ origin }) => `Pages of ${JSON.stringify(origin)} may not use this server.`,
  'wrong-content-type': ({ contentType }) =>
    `A body is of the type application/json, and this one is of ${contentType ?? 'none'}.`,
  'body-too-large': ({ mostBytes }) => `The body is larger than ${sayBytes(mostBytes)}.`,
  'body-too-deep': ({ mostDepth, mostValues }) =>
    `The body is nested deeper than ${mostDepth} levels, or has more than ${mostValues} values.`,
  'too-many-headers': ({ most }) => `The request has more than ${most} headers.`,
  'headers-too-large': ({ mostBytes }) => `The headers are larger than ${sayBytes(mostBytes)}.`,
  'unreadable-request': 'What was sent cannot be read as a request of HTTP.',
  'request-timeout': ({ withinMs }) => `The request did not come to its end within ${withinMs / 1_000} s.`,
  'too-many-requests': ({ perMinute }) =>
    `Requests came faster than ${perMinute} a minute, of which a quarter may come at once.`,
  'too-many-streams': ({ most }) => `${most} streams of events are open, and no more are served.`,
  'key-used': ({ key }) =>
    `The key ${JSON.stringify(key)} came with another request before, so nothing was done.`,
  'beyond-log': ({ attempt, from, size, taskId }) =>
    `The log of attempt ${attempt} at task ${taskId} has ${size} bytes, and ${from} is beyond them.`,
  'wrong-cursor': 'The cursor is none that an answer of this path has given.',
  'other-configuration':
    'This server is configured otherwise than whoever asks, or is another program, so it would answer otherwise.',
  'not-ready': ({ why }) =>
    why === 'no-daemon'
      ? 'No daemon works: what is asked for waits until one does.'
      : `What this server speaks to does not answer: ${why}.`,
  'no-such-tool': ({ tool }) => `There is no tool ${JSON.stringify(tool)}.`,
  'not-in-time': ({ changes, withinMs }) =>
    `There was no answer within ${withinMs / 1_000} s${changes ? ', and it is not known whether it was done' : ''}.`,
  internal: 'Something went wrong here that should not.',
};

/** Why a request was refused, as a sentence. */
export function sayRefusal(refusal: Refusal): string {
  const why = WHY[refusal.code];
  // Each entry takes the facts of its own code.
  return typeof why === 'string' ? why : (why as (refusal: Refusal) => string)(refusal);
}

function sayWrong(wrong: readonly WrongValue[]): string {
  return wrong.map(({ at, says }) => `${at}: ${says.replace(/\.$/, '')}.`).join(' ');
}

function sayScope({ needs, has, isLocal }: Extract<Refusal, { code: 'scope-missing' }>): string {
  const who = isLocal ? 'a request of this machine without a token may' : 'whoever asks may';
  return `It needs the scope ${needs}; ${who} ${has} only.`;
}

/** How somebody gets a token of a scope. */
export function sayTokenCommand(scope: string = SCOPES[0]): string {
  return `\`${calledAs()} token create --scope ${scope}\``;
}
