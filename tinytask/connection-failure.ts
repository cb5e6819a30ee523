import type { TinyTaskErrorKind } from './errors.ts';

/** Why an HTTP request got no usable answer. */
export class ConnectionFailure extends Error {
  override name = 'ConnectionFailure';

  constructor(
    readonly kind: Exclude<TinyTaskErrorKind, 'refused'>,
    /** Whether the server may have got the request, and so may have done what it asked. */
    readonly mayBeDone: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
