import { expect, test } from 'vitest';
import { withBuffers } from '../../metrics/cloned.ts';

test('certificates are Buffers again behind a thread, and all else stays', () => {
  const root = Buffer.from('-----BEGIN CERTIFICATE-----\n');
  const options = {
    address: 'a:1',
    apiKey: undefined,
    tls: { serverRootCACertificate: root, names: ['a', null] },
  };
  const copy = structuredClone(options);
  expect(Buffer.isBuffer(copy.tls.serverRootCACertificate)).toBe(false);
  const given = withBuffers(copy);
  expect(given).toEqual(options);
  expect(Buffer.isBuffer(given.tls.serverRootCACertificate)).toBe(true);
});
