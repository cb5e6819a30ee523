/**
 * The MCP address of a TinyTask that is named as `http://host:3000`, with or without `/mcp` at the end.
 * Throws an Error that quotes what is no http address.
 */
export function mcpUrl(endpoint: string): URL {
  return at(endpoint, '/mcp');
}

/** The address of the health check beside it. */
export function healthUrl(endpoint: string): URL {
  return at(endpoint, '/health');
}

function at(endpoint: string, path: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(
      `${JSON.stringify(endpoint)} is not the address of a TinyTask: set TINYSCHEDULER_MCP_ENDPOINT to one such as http://localhost:3000`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/mcp$/, '') + path;
  url.hash = '';
  return url;
}
