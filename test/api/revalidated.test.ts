import { OpenAPIHono, z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { type Env, register, route } from '../../api/routes/route.ts';

test('whoever has a list is told only that it is the same, until it is another', async () => {
  let says = 'one';
  const app = new OpenAPIHono<Env>();
  register(
    app,
    route({
      ...{ method: 'get', path: '/list', scope: 'open', tag: 'x', summary: 'x', answer: z.object({}) },
      revalidated: true,
      handle: async () => ({ says }),
    }),
  );
  const ask = (tag?: string) =>
    app.request('/list', tag === undefined ? {} : { headers: { 'if-none-match': tag } });

  const first = await ask();
  expect(await first.json()).toEqual({ says: 'one' });
  expect(first.headers.get('cache-control')).toBe('private, no-cache');
  const tag = first.headers.get('etag') ?? '';
  const same = await ask(tag);
  expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag]);
  says = 'two';
  const other = await ask(tag);
  expect([other.status, await other.json()]).toEqual([200, { says: 'two' }]);
});
