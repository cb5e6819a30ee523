import { z } from '@hono/zod-openapi';
import { RefusedError } from '../../contract/api.ts';
import { sayNoPage } from '../../words/no-page.ts';
import { INDEX, type PageFile } from '../page/page-files.ts';
import type { RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';

/** Only what comes from here, and nothing that is written into the page: texts of tasks stay texts. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const A_YEAR = 'public, max-age=31536000, immutable';

const about = { method: 'get', scope: 'open', tag: 'About', answer: z.string(), internal: true } as const;

/** The page, to anybody: what it shows it asks for like everybody else. */
export function pageRoutes({ page }: RouteDeps): Route[] {
  return [
    route({
      ...{ ...about, path: '/', media: 'text/html' },
      summary: 'The page for people',
      handle: async ({ headers }) => {
        const index = (await page)?.get(INDEX);
        // Whoever has an older one has other names of files in it.
        if (index !== undefined) return asAnswer(index, headers, 'no-cache');
        return new Response(sayNoPage(), { headers: { 'content-type': 'text/plain; charset=utf-8' } });
      },
    }),
    route({
      ...{ ...about, path: '/page/{name}', media: 'text/javascript' },
      summary: 'A file of the page',
      params: z.strictObject({ name: z.string().max(100) }),
      handle: async ({ params: { name }, headers }) => {
        const file = (await page)?.get(name);
        if (file === undefined || name === INDEX)
          throw new RefusedError({ code: 'no-such-path', path: `/page/${name}` });
        // Its name is another one when its content is.
        return asAnswer(file, headers, A_YEAR);
      },
    }),
  ];
}

function asAnswer(file: PageFile, headers: Headers, caching: string): Response {
  const about = {
    'cache-control': caching,
    'content-security-policy': POLICY,
    'content-type': file.type,
    etag: file.etag,
    vary: 'accept-encoding',
  };
  if (headers.get('if-none-match')?.includes(file.etag))
    return new Response(null, { status: 304, headers: about });
  const accepted = headers.get('accept-encoding') ?? '';
  const coding = (['br', 'gzip'] as const).find((each) => accepted.includes(each));
  if (coding === undefined) return new Response(new Uint8Array(file.plain), { headers: about });
  return new Response(new Uint8Array(file[coding]), { headers: { ...about, 'content-encoding': coding } });
}
