import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common';

/**
 * The default one, but what it cannot read (another encoding, broken JSON) is as if it were not there. It throws
 * instead, and a workflow that was sent such a signal could not go on, ever: its history has it.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload: <T>(...args: Parameters<typeof defaultPayloadConverter.fromPayload<T>>) => {
    try {
      return defaultPayloadConverter.fromPayload<T>(...args);
    } catch {
      return undefined as T;
    }
  },
};
