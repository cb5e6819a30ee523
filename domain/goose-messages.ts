import type { VerdictKind } from './verdict.ts';

/**
 * What goose 1.52 says in its own name, told apart by the beginning of its text. Only what stands before a
 * response body is matched, since a body may say anything; a status and a host are all that is taken from it.
 */
interface OwnMessage {
  pattern: RegExp;
  kind: VerdictKind;
  /** A sentence for people; `$1` is the first group of the pattern. */
  reason: string;
}

const RAN_INTO = '^Ran into this error(?: trying to compact)?: ';

const OWN_MESSAGES: OwnMessage[] = [
  said(
    /^I've reached the maximum number of actions/,
    'agent-failed',
    'goose reached its maximum number of turns',
  ),
  // goose has already asked three times more. The model is there and answers, so waiting would mend nothing.
  said(
    /^The model returned an empty response/,
    'agent-failed',
    'the model answered with nothing, four times',
  ),
  said(
    /^Network error: Could not connect to ([\w.:[\]-]+)/,
    'model-unavailable',
    'the model at $1 cannot be reached',
  ),
  said(/^Network error: Stream decode error/, 'model-unavailable', "the model's answer broke off"),
  said(/^Network error/, 'model-unavailable', 'the network between goose and the model failed'),
  ran('Server error: Server error \\((\\d{3} [A-Za-z ]+)\\)', 'model-unavailable', 'the model answered $1'),
  ran('Server error', 'model-unavailable', 'the model answered with a server error'),
  ran('Network error', 'model-unavailable', 'the network between goose and the model failed'),
  ran('Rate limit exceeded', 'model-unavailable', 'the rate limit or quota of the model is used up'),
  ran('Credits exhausted', 'model-unavailable', "the provider's credits are used up"),
  ran(
    'Authentication error',
    'misconfigured',
    "the provider refuses goose's key: look at the provider's API key",
  ),
  ran(
    '(?:Request failed: Resource not found \\(404\\)|Endpoint not found)',
    'misconfigured',
    'the provider knows no such model or address: look at GOOSE_MODEL and the host of the provider',
  ),
  ran(
    'Request failed: Bad request \\(400\\)',
    'agent-failed',
    'the provider refused the request as a bad one (400)',
  ),
  ran('Request failed', 'agent-failed', 'the request to the provider failed'),
  ran('Context length exceeded', 'agent-failed', "the conversation outgrew the model's context"),
  ran(
    'Failed to compact',
    'agent-failed',
    "the conversation outgrew the model's context and could not be compacted",
  ),
  ran('Provider refused request', 'agent-failed', 'the provider refused to answer'),
  ran('Execution error', 'agent-failed', "goose's provider failed to run"),
  said(/^Unable to continue: Context limit/, 'agent-failed', "the conversation outgrew the model's context"),
  said(/^Maximum retry attempts/, 'agent-failed', "the recipe's checks still failed after its last retry"),
];

/** goose's own names for what went wrong with the provider, from `error` contents, and of two notifications. */
const BY_KIND: Record<string, { kind: VerdictKind; reason: string }> = {
  authentication: {
    kind: 'misconfigured',
    reason: "the provider refuses goose's key: look at the provider's API key",
  },
  not_configured: { kind: 'misconfigured', reason: 'the provider is not configured: run `goose configure`' },
  endpoint_not_found: {
    kind: 'misconfigured',
    reason: 'the provider knows no such address: look at its host setting',
  },
  rate_limit: { kind: 'model-unavailable', reason: 'the rate limit or quota of the model is used up' },
  credits_exhausted: { kind: 'model-unavailable', reason: "the provider's credits are used up" },
  creditsExhausted: { kind: 'model-unavailable', reason: "the provider's credits are used up" },
  server: { kind: 'model-unavailable', reason: 'the model answered with a server error' },
  network: { kind: 'model-unavailable', reason: 'the network between goose and the model failed' },
  context_length: { kind: 'agent-failed', reason: "the conversation outgrew the model's context" },
  refusal: { kind: 'agent-failed', reason: 'the provider refused to answer' },
};

/** Something that goose said in its own name: the kind it gave, if it gave one, and the text. */
export interface GooseMessage {
  kind?: string;
  text: string;
}

/**
 * What a message of goose's own means. An unknown one is a failed run whose reason does not quote it: goose puts
 * response bodies into such texts, and those may hold prompts and answers.
 */
export function meaningOf(message: GooseMessage): { kind: VerdictKind; reason: string } {
  for (const { pattern, kind, reason } of OWN_MESSAGES) {
    const match = pattern.exec(message.text);
    if (match) return { kind, reason: reason.replace('$1', match[1] ?? '') };
  }
  const byKind =
    message.kind === undefined || !Object.hasOwn(BY_KIND, message.kind) ? undefined : BY_KIND[message.kind];
  return (
    byKind ?? {
      kind: 'agent-failed',
      reason: 'goose ended with a message of its own that is not known: see the log',
    }
  );
}

/** A complaint about a recipe as part of a reason: at most 200 characters, and without quoted values: they may be prompts. */
export function withoutQuotedValues(line: string): string {
  const text = line.replace(/"(?:[^"\\]|\\.)*"?/g, '"…"').trim();
  return (text.length > 200 ? `${text.slice(0, 200)}…` : text).replace(/\.$/, '');
}

function said(pattern: RegExp, kind: VerdictKind, reason: string): OwnMessage {
  return { pattern, kind, reason };
}

function ran(afterPrefix: string, kind: VerdictKind, reason: string): OwnMessage {
  return said(new RegExp(RAN_INTO + afterPrefix), kind, reason);
}
