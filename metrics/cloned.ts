/**
 * What came to a thread as a copy, with Buffers where Buffers were: a copy has plain arrays of bytes in their place, and gRPC takes
 * no certificate from these.
 */
export function withBuffers<Value>(value: Value): Value {
  return revived(value) as Value;
}

function revived(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revived(each)]));
}
