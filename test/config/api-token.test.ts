import { expect, test } from 'vitest';
import { apiToken, learnApiToken } from '../../config/api-token.ts';

test('the token is learned once, and no process of ours hands it on', () => {
  const env: Record<string, string | undefined> = { TINYSCHEDULER_API_TOKEN: ' tsk_1 ', PATH: '/bin' };
  learnApiToken(env);
  expect([apiToken(), env]).toEqual(['tsk_1', { PATH: '/bin' }]);
  learnApiToken({ TINYSCHEDULER_API_TOKEN: ' ' });
  expect(apiToken()).toBeUndefined();
});
