import { OPEN_TASKS_PATH } from './open-tasks.ts';

/**
 * The MCP address of a TinyTask that is named as `http://host:3000`, with or without `/mcp` at the end; one that ends in
 * `/sse` is that of a TinyTask 1, as it stands.
 * Throws an Error that quotes what is no http address.
 */
export function mcpUrl(endpoint: string): URL {
  const url = parsed(endpoint);
  return isSseAddress(url) ? at(url, '/sse') : at(url, '/mcp');
}

/** The address of the health check beside it. */
export function healthUrl(endpoint: string): URL {
  return at(parsed(endpoint), '/health');
}

/** Where one of ours tells that something was written. */
export function changesUrl(endpoint: string): URL {
  return at(parsed(endpoint), '/changes');
}

/** The address beside it at which a TinyTask of ours tells what has changed. */
export function openTasksUrl(endpoint: string, since: string | undefined): URL {
  const url = at(parsed(endpoint), OPEN_TASKS_PATH);
  url.search = since === undefined ? '' : new URLSearchParams({ since }).toString();
  return url;
}

/** Whether what answers there is spoken to by SSE, MCP's older transport, and by nothing else. */
export function isSseAddress(url: URL): boolean {
  return /\/sse\/*$/.test(url.pathname);
}

function parsed(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(
      `${JSON.stringify(endpoint)} is not the address of a TinyTask: set TINYSCHEDULER_MCP_ENDPOINT to one such as http://localhost:3000`,
    );
  }
  url.hash = '';
  return url;
}

function at(url: URL, path: string): URL {
  const there = new URL(url);
  there.pathname = url.pathname.replace(/\/+$/, '').replace(/\/(mcp|sse)$/, '') + path;
  return there;
}
