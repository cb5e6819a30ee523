import type { makeGrpcRetryInterceptor } from '@temporalio/client';

type Interceptor = ReturnType<typeof makeGrpcRetryInterceptor>;
type Call = ReturnType<Interceptor>;

/** gRPC's number for a call that nobody waits for any more. */
const CANCELLED = 1;

/**
 * For below the interceptor that tries again: it does so from a timer, and gRPC throws where the connection was closed meanwhile.
 * Nobody catches there, so that one failed look would end the whole process. The call ends as cancelled instead.
 */
export const cancelIfClosed: Interceptor = (options, nextCall) => {
  try {
    // gRPC's type asks for its own class, and what is handed on has what is called of that.
    return nextCall(options) as Call;
  } catch (error) {
    return cancelled(error instanceof Error ? error.message : String(error));
  }
};

function cancelled(details: string): Call {
  const call: Pick<
    Call,
    | 'start'
    | 'sendMessage'
    | 'sendMessageWithContext'
    | 'halfClose'
    | 'cancelWithStatus'
    | 'startRead'
    | 'getPeer'
  > = {
    // Later, as every answer: the caller has not sent its message yet.
    start: (metadata, listener) => {
      setImmediate(() => {
        listener?.onReceiveMessage?.(null);
        listener?.onReceiveStatus?.({ code: CANCELLED, details, metadata: metadata.clone() });
      });
    },
    sendMessage: () => undefined,
    sendMessageWithContext: () => undefined,
    halfClose: () => undefined,
    cancelWithStatus: () => undefined,
    startRead: () => undefined,
    getPeer: () => 'unknown',
  };
  return call as unknown as Call;
}
