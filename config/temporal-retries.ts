import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

/** gRPC's number for it. */
const RESOURCE_EXHAUSTED = 8;

/**
 * For `Connection.connect`: how often a call is tried. As the SDK does it, but for what the server says of one
 * workflow. While that ends, or continues as new, and has found that a message came in between, the server takes no
 * other message for some milliseconds; the SDK would wait 1.4 to 2 s, as it does for a server that is over its limits.
 */
export const RETRIES = {
  interceptors: [
    makeGrpcRetryInterceptor(
      defaultGrpcRetryOptions({
        initialIntervalMs: ({ code, details }) => {
          if (code !== RESOURCE_EXHAUSTED) return 100;
          return /workflow is (closing|busy)/i.test(details) ? 25 : 1_000;
        },
      }),
    ),
  ],
};
