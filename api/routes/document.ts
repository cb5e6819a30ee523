import { z } from '@hono/zod-openapi';
import { documentPage, PAGE_POLICY } from '../answer/document-page.ts';
import { type App, type Route, route } from './route.ts';

export interface Document {
  openapi: string;
  info: { title: string; version: string; description?: string };
  paths?: Record<string, unknown>;
  components?: { schemas?: Record<string, unknown> };
}

const ABOUT = {
  openapi: '3.1.0',
  info: {
    title: 'TinyScheduler',
    version: '1',
    description:
      'Times are in RFC 3339, in UTC. A failure is an application/problem+json with a code that stays, and a next step. ' +
      'What changes something takes `dry_run`, and answers with before and after.',
  },
};

/** What the API tells of itself. */
export function documentRoutes(app: App): Route[] {
  const document = (): Document => {
    app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
    return app.getOpenAPI31Document(ABOUT) as unknown as Document;
  };
  let made: Document | undefined;
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      scope: 'open',
      tag: 'About',
      summary: 'This API, as OpenAPI 3.1 has it',
      answer: z.looseObject({ openapi: z.string() }),
      handle: async () => {
        made ??= document();
        return made;
      },
    }),
    route({
      method: 'get',
      path: '/docs',
      scope: 'open',
      tag: 'About',
      summary: 'The same to read',
      answer: z.string(),
      media: 'text/html',
      handle: async () => {
        made ??= document();
        return new Response(documentPage(made), {
          headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY },
        });
      },
    }),
  ];
}
