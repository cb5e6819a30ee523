import type { VerdictKind } from './verdict.ts';

/**
 * What goose 1.52 says in its own name, told apart by the beginning of its text. Only what stands before a
 * response body is matched, since a body may say anything; a status and a host are all that is taken from it.
 */
interface OwnMessage {
  pattern: RegExp;
  kind: VerdictKind;
  /** A sentence for people; `$host` and `$status` are the pattern's groups of these names, once checked. */
  reason: string;
}

/** The statuses that a model's server gives, in words of our own: goose's may be anything. */
const STATUS_WORDS: Record<string, string> = {
  500: '500 Internal Server Error',
  502: '502 Bad Gateway',
  503: '503 Service Unavailable',
  504: '504 Gateway Timeout',
  529: '529 Overloaded',
};

/** Where goose's providers are unless a setting says otherwise. */
const USUAL_HOSTS = [
  'api.openai.com',
  'api.anthropic.com',
  'openrouter.ai',
  'generativelanguage.googleapis.com',
  'localhost:11434',
  '127.0.0.1:11434',
];

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
    /^Network error: Could not connect to (?<host>[\w.:[\]-]+)/,
    'model-unavailable',
    'the model$host cannot be reached',
  ),
  said(/^Network error: Stream decode error/, 'model-unavailable', "the model's answer broke off"),
  said(/^Network error/, 'model-unavailable', 'the network between goose and the model failed'),
  ran('Server error: Server error \\((?<status>5\\d\\d) ', 'model-unavailable', 'the model answered $status'),
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

/** What may be named in a reason, since we know it from elsewhere: all else in goose's output may be a secret. */
export interface Nameable {
  /** Of the model, with port where it is told. */
  hosts: readonly string[];
  /** Names of extensions of the recipe. */
  extensions: readonly string[];
  /** The attempt's log. */
  log: string;
}

/** Where to look for what is not told. */
export function seeLog(nameable: Nameable | undefined): string {
  return `see ${nameable?.log ?? 'the log'}`;
}

/** Something that goose said in its own name: the kind it gave, if it gave one, and the text. */
export interface GooseMessage {
  kind?: string;
  text: string;
}

/**
 * What a message of goose's own means. An unknown one is a failed run whose reason does not quote it: goose puts
 * response bodies into such texts, and those may hold prompts, answers and keys.
 */
export function meaningOf(message: GooseMessage, nameable?: Nameable): { kind: VerdictKind; reason: string } {
  for (const { pattern, kind, reason } of OWN_MESSAGES) {
    const match = pattern.exec(message.text);
    if (!match) continue;
    const { host = '', status = '' } = match.groups ?? {};
    const words = {
      $host: [...USUAL_HOSTS, ...(nameable?.hosts ?? [])].includes(host) ? ` at ${host}` : '',
      $status: STATUS_WORDS[status] ?? status,
    };
    return { kind, reason: reason.replace('$host', words.$host).replace('$status', words.$status) };
  }
  const byKind =
    message.kind === undefined || !Object.hasOwn(BY_KIND, message.kind) ? undefined : BY_KIND[message.kind];
  return (
    byKind ?? {
      kind: 'agent-failed',
      reason: `goose ended with a message of its own that is not known: ${seeLog(nameable)}`,
    }
  );
}

/** Whether a text begins as goose's own messages do. Says only what it looks like: a model may write the same. */
export function soundsLikeGoose(text: string): boolean {
  return text.startsWith('Ran into this error') || OWN_MESSAGES.some(({ pattern }) => pattern.test(text));
}

/** The form in which goose uses an extension's name, and in which names are the same to it. */
export function extensionKey(name: string): string {
  return name
    .replace(/\s/g, '')
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .toLowerCase();
}

function said(pattern: RegExp, kind: VerdictKind, reason: string): OwnMessage {
  return { pattern, kind, reason };
}

function ran(afterPrefix: string, kind: VerdictKind, reason: string): OwnMessage {
  return said(new RegExp(RAN_INTO + afterPrefix), kind, reason);
}
