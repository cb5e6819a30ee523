import type { IncomingHttpHeaders } from 'node:http';

/** Whether a host name, without port or brackets, is one of this machine's own: it names no other. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Why a request must not be served, or undefined. A web page can make a browser send requests to this
 * machine, under a host name of its own that it lets resolve to 127.0.0.1; its Host or Origin gives it away.
 */
export function refusalOf({ host, origin }: IncomingHttpHeaders): string | undefined {
  if (!namesLoopback(`http://${host}`)) return `Host ${JSON.stringify(host ?? '')} is not this machine`;
  if (origin === undefined || namesLoopback(origin)) return undefined;
  return `Origin ${JSON.stringify(origin)} is not this machine`;
}

function namesLoopback(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}
