import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import proto from '@temporalio/proto';
import { cancelIfClosed } from './closed-channel.ts';

// A CommonJS module, of which Node knows no names.
const { google, temporal } = proto;
const { ResourceExhaustedFailure } = temporal.api.errordetails.v1;
const { RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW: BUSY_WORKFLOW } =
  temporal.api.enums.v1.ResourceExhaustedCause;

/** gRPC's number for it. */
const RESOURCE_EXHAUSTED = 8;
/** Together 18 s, longer than a workflow task whose worker was killed is waited for (10 s). */
const CLOSING_TRIES = 40;
const CLOSING_MOST_MS = 500;

const sdk = defaultGrpcRetryOptions();
type Answer = Parameters<typeof sdk.retryableDecider>[1];

/**
 * For `Connection.connect`: how often a call is tried. As the SDK does it, but for what the server says of one
 * workflow. While that ends, or continues as new, and has found that a message came in between, the server takes no
 * other message until the workflow has looked, mostly for some milliseconds. The SDK would wait 1.4 to 2 s, as it does
 * for a server that is over its limits.
 */
export const RETRIES = {
  interceptors: [
    makeGrpcRetryInterceptor({
      delayFunction: (attempt, answer) =>
        saysClosing(answer)
          ? Math.min(CLOSING_MOST_MS, 25 * 1.7 ** attempt)
          : sdk.delayFunction(attempt, answer),
      retryableDecider: (attempt, answer) =>
        saysClosing(answer) ? attempt < CLOSING_TRIES : sdk.retryableDecider(attempt, answer),
    }),
    cancelIfClosed,
  ],
};

/** gRPC's number says only that something is exhausted; what it is, is in the details that Temporal adds. */
function saysClosing({ code, metadata }: Answer): boolean {
  const [details] = metadata.get('grpc-status-details-bin');
  if (code !== RESOURCE_EXHAUSTED || !(details instanceof Buffer)) return false;
  return google.rpc.Status.decode(details).details.some(({ type_url: type, value }) => {
    const isCause = type?.endsWith('/temporal.api.errordetails.v1.ResourceExhaustedFailure') && value;
    return isCause && ResourceExhaustedFailure.decode(value).cause === BUSY_WORKFLOW;
  });
}
