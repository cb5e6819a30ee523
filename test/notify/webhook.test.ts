import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isRefused } from '../../domain/notify/patience.ts';
import { testMessage } from '../../notify/message.ts';
import { postMessage } from '../../notify/webhook.ts';
import { freePort } from '../../os/free-port.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const MESSAGE = testMessage('s-1', 0, undefined);

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

test('a message arrives with its id and its token', async () => {
  expect(await postMessage({ url: `${receiver.url}/a?b`, token: 't' }, MESSAGE)).toBe('delivered');
  expect(receiver.tries).toMatchObject([
    {
      path: '/a?b',
      headers: { 'idempotency-key': 's-1', authorization: 'Bearer t', 'content-type': 'application/json' },
      message: { id: 's-1', kind: 'test' },
    },
  ]);
});

test.each([
  ['u:p', 'u:p'],
  ['u', 'u:'],
  ['u%40h:p%zz', 'u@h:p%zz'],
])('user and password in the address (%s) are sent as such', async (given, sent) => {
  const url = receiver.url.replace('://', `://${given}@`);
  expect(await postMessage({ url }, MESSAGE)).toBe('delivered');
  const { authorization = '' } = receiver.tries[0]?.headers ?? {};
  expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe(sent);
});

describe('what is not 2xx is not delivered', () => {
  test.each<[status: number, refused: boolean]>([
    [301, true],
    [400, true],
    [403, true],
    [404, true],
    [408, false],
    [429, false],
    [500, false],
    [503, false],
  ])('%i', async (status, refused) => {
    receiver.answer(status, { location: '/elsewhere' });
    const answer = await postMessage({ url: receiver.url }, MESSAGE);
    expect(answer).toEqual({ why: 'status', status });
    expect(answer !== 'delivered' && isRefused(answer)).toBe(refused);
    // No redirect is followed.
    expect(receiver.tries).toHaveLength(1);
  });

  test('no answer in time', async () => {
    receiver.answer(undefined);
    const answer = await postMessage({ url: receiver.url }, MESSAGE, 100);
    expect(answer).toEqual({ why: 'no-answer', afterMs: 100 });
  });

  test('nobody there', async () => {
    const url = `http://127.0.0.1:${await freePort(0)}/S3CRET`;
    expect(await postMessage({ url }, MESSAGE)).toEqual({ why: 'no-connection', code: 'ECONNREFUSED' });
    // One that no browser would go to.
    expect(await postMessage({ url: 'http://127.0.0.1:1/' }, MESSAGE)).toEqual({
      ...{ why: 'no-connection', code: 'unknown' },
    });
  });
});
