import { z } from '@hono/zod-openapi';
import { validationJson } from '../../client/json/validation.ts';
import type { RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as is from './shapes.ts';

/** goose looks at each recipe: a process for each agent. */
const AGE_MS = 60_000;

const finding = z
  .looseObject({ code: is.text, level: z.enum(['ok', 'warning', 'error']), says: is.text })
  .openapi('Finding');

export const validationAnswer = z
  .strictObject({
    ok: z.boolean(),
    errors: is.count,
    warnings: is.count,
    findings: z.array(finding),
    fixed: z.array(is.facts),
  })
  .openapi('Validation');

/** What `validate-config` finds on the host of the API. */
export function validationRoutes({ look, validate }: RouteDeps): Route[] {
  const found = look.beside(validate);
  return [
    route({
      ...{ method: 'get', path: '/api/validation', scope: 'read', tag: 'State', answer: validationAnswer },
      summary:
        'What validate-config finds on this host: settings, directories, each recipe; a minute old at most',
      handle: async () => validationJson(await found('', AGE_MS)),
    }),
  ];
}
