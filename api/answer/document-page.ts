import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { content?: Record<string, { schema?: unknown }> };
  responses?: Record<string, { description: string; content?: Record<string, { schema?: unknown }> }>;
}

interface Shown {
  info: { title: string; description?: string };
  paths?: Record<string, unknown>;
  components?: { schemas?: Record<string, unknown> };
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
code, pre { font: 0.9em/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.5rem; border: 1px solid; }
article { border-top: 1px solid; padding: 0.5rem 0; }
h3 { margin: 0.5rem 0; }
table { border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: 0.1rem 0.8rem 0.1rem 0; }
`;

/** The page has no script, and takes nothing from elsewhere; its one style is named by its hash. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Html = ReturnType<typeof html>;

/** The document of an API as a page to read, made here: no browser has to run anything for it. */
export function documentPage({ info, paths = {}, components = {} }: Shown): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, about]) => ({ path, method, about })),
  );
  const tags = [...new Set(operations.flatMap(({ about }) => about.tags ?? []))];
  const schemas = Object.entries(components.schemas ?? {});
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${info.title}: API</title>
<style>${raw(STYLE)}</style></head>
<body>
<h1>${info.title}: API</h1>
<p>${info.description ?? ''} <a href="/openapi.json">openapi.json</a></p>
<nav><ul>${tags.map((tag) => html`<li><a href="#${tag}">${tag}</a></li>`)}<li><a href="#shapes">Shapes</a></li></ul></nav>
${tags.map(
  (tag) => html`<section id="${tag}"><h2>${tag}</h2>
${operations.filter(({ about }) => about.tags?.includes(tag)).map(operation)}</section>`,
)}
<section id="shapes"><h2>Shapes</h2>${schemas.map(
    ([name, shape]) => html`<article id="shape-${name}"><h3>${name}</h3>${json(shape)}</article>`,
  )}</section>
</body></html>`;
  return String(page);
}

function operation({ path, method, about }: { path: string; method: string; about: Operation }): Html {
  const { parameters = [], requestBody, responses = {} } = about;
  const body = requestBody?.content?.['application/json']?.schema;
  return html`<article><h3><code>${method.toUpperCase()} ${path}</code></h3>
<p>${about.summary ?? ''}. ${about.description ?? ''}</p>
${parameters.length === 0 ? '' : html`<table>${parameters.map(parameter)}</table>`}
${body === undefined ? '' : html`<details><summary>Body</summary>${json(body)}</details>`}
<details><summary>Answers</summary><table>${Object.entries(responses).map(
    ([status, { description, content = {} }]) =>
      html`<tr><th>${status}</th><td>${description} ${Object.entries(content).map(
        ([type, { schema }]) => html`<code>${type}</code> ${shapeOf(schema)}`,
      )}</td></tr>`,
  )}</table></details></article>`;
}

function parameter({
  name,
  in: where,
  required,
  schema,
}: NonNullable<Operation['parameters']>[number]): Html {
  return html`<tr><th><code>${name}</code></th><td>${where}${required ? ', required' : ''}</td><td><code>${JSON.stringify(schema ?? {})}</code></td></tr>`;
}

/** A shape that has a name is told where that is. */
function shapeOf(schema: unknown): Html | string {
  const reference = (schema as { $ref?: string } | undefined)?.$ref;
  const name = reference?.split('/').at(-1);
  if (name !== undefined) return html`<a href="#shape-${name}">${name}</a>`;
  return schema === undefined ? '' : json(schema);
}

function json(value: unknown): Html {
  return html`<pre>${JSON.stringify(value, null, 2)}</pre>`;
}
