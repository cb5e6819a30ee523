import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common';

/** In place of what cannot be read: it has no shape that anybody expects, and nobody takes it for nothing. */
class Unreadable {
  toJSON(): string {
    return 'something that cannot be read';
  }
}

/**
 * The default one, but it does not throw where it cannot read (another encoding, broken JSON): a workflow that was sent
 * such a signal could not go on, ever, since its history has it.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload: <T>(...args: Parameters<typeof defaultPayloadConverter.fromPayload<T>>) => {
    try {
      return defaultPayloadConverter.fromPayload<T>(...args);
    } catch {
      return new Unreadable() as T;
    }
  },
};
