import { expect, test } from 'vitest';
import { healthUrl, mcpUrl } from '../../tinytask/endpoint.ts';

test.each([
  ['http://host:3000', 'http://host:3000/mcp', 'http://host:3000/health'],
  ['http://host:3000/', 'http://host:3000/mcp', 'http://host:3000/health'],
  ['http://host:3000/mcp', 'http://host:3000/mcp', 'http://host:3000/health'],
  ['http://host:3000/mcp/', 'http://host:3000/mcp', 'http://host:3000/health'],
  ['https://host/tiny/mcp', 'https://host/tiny/mcp', 'https://host/tiny/health'],
  ['https://host/tiny', 'https://host/tiny/mcp', 'https://host/tiny/health'],
  ['http://host:3000/sse', 'http://host:3000/sse', 'http://host:3000/health'],
  ['https://host/tiny/sse/', 'https://host/tiny/sse', 'https://host/tiny/health'],
  ['http://host/ssessions', 'http://host/ssessions/mcp', 'http://host/ssessions/health'],
  ['http://[::1]:3000', 'http://[::1]:3000/mcp', 'http://[::1]:3000/health'],
])('%s', (endpoint, mcp, health) => {
  expect(mcpUrl(endpoint).href).toBe(mcp);
  expect(healthUrl(endpoint).href).toBe(health);
});

test.each(['', 'localhost:3000', 'host', 'ftp://host', '/mcp'])('%j is refused', (endpoint) => {
  expect(() => mcpUrl(endpoint)).toThrow(`${JSON.stringify(endpoint)} is not the address of a TinyTask`);
});
