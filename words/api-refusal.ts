import { calledAs } from '../config/called-as.ts';
import { type Refusal, SCOPES } from '../contract/api.ts';
import { sayBytes } from './bytes.ts';

/** Why a request was refused, as a sentence. */
export function sayRefusal(refusal: Refusal): string {
  switch (refusal.code) {
    case 'bad-request':
      return refusal.wrong.map(({ at, says }) => `${at}: ${says}.`).join(' ');
    case 'no-such-path':
      return `There is nothing at ${refusal.path}.`;
    case 'wrong-method':
      return `${refusal.method} is not for this path.`;
    case 'no-token':
      return 'This request needs a token, and has none.';
    case 'wrong-token':
      return 'The token of this request is not known, was revoked, or is over.';
    case 'token-in-query':
      return `A token in an address ends up in logs, so "${refusal.parameter}" is refused there.`;
    case 'scope-missing':
      return sayScope(refusal);
    case 'wrong-host':
      return `This server does not go by the name ${JSON.stringify(refusal.host)}.`;
    case 'wrong-origin':
      return `Pages of ${JSON.stringify(refusal.origin)} may not use this server.`;
    case 'wrong-content-type':
      return `A request that changes something is of the type application/json, not ${refusal.contentType ?? 'of none'}.`;
    case 'body-too-large':
      return `The body is larger than ${sayBytes(refusal.mostBytes)}.`;
    case 'body-too-deep':
      return `The body is nested deeper than ${refusal.mostDepth} levels, or has more than ${refusal.mostValues} values.`;
    case 'too-many-headers':
      return `The request has more than ${refusal.most} headers.`;
    case 'too-many-requests':
      return `There were more than ${refusal.perMinute} requests in a minute.`;
    case 'too-many-streams':
      return `${refusal.most} streams of events are open, and no more are served.`;
    case 'key-used':
      return `The key ${JSON.stringify(refusal.key)} came with another request before, so nothing was done.`;
    case 'beyond-log':
      return `The log of attempt ${refusal.attempt} at task ${refusal.taskId} has ${refusal.size} bytes, and ${refusal.from} is beyond them.`;
    case 'wrong-cursor':
      return 'The cursor is none that an answer of this path has given.';
    case 'not-ready':
      return `What this server speaks to does not answer: ${refusal.why}.`;
    case 'no-such-tool':
      return `There is no tool ${JSON.stringify(refusal.tool)}.`;
    case 'not-in-time':
      return `There was no answer within ${refusal.withinMs / 1_000} s${refusal.changes ? ', and it is not known whether it was done' : ''}.`;
    case 'internal':
      return 'Something went wrong here that should not.';
  }
}

function sayScope({ needs, has, isLocal }: Extract<Refusal, { code: 'scope-missing' }>): string {
  const who = isLocal ? 'a request of this machine without a token may' : 'whoever asks may';
  return `It needs the scope ${needs}; ${who} ${has} only.`;
}

/** How somebody gets a token of a scope. */
export function sayTokenCommand(scope: string = SCOPES[0]): string {
  return `\`${calledAs()} token create --scope ${scope}\``;
}
