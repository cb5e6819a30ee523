import { isIP } from 'node:net';
import { RefusedError } from '../../contract/api.ts';
import type { ApiSettings } from './settings.ts';

/**
 * A page of somebody else whose name was made to lead here (DNS rebinding) sends that name. An address as a host cannot be
 * made to lead elsewhere, so each is taken.
 *
 * @throws RefusedError `wrong-host`
 */
export function checkHost(headers: Headers, url: URL, { names }: Pick<ApiSettings, 'names'>): void {
  const allowed = ['localhost', ...names];
  // A request may name the host in its first line, too.
  for (const host of [headers.get('host') ?? '', url.host]) {
    const name = nameIn(host);
    if (name !== undefined && (isIP(name) > 0 || allowed.includes(name))) continue;
    throw new RefusedError({ code: 'wrong-host', host: host.slice(0, 100), allowed });
  }
}

/** `[::1]:9595` is `::1`. */
function nameIn(host: string): string | undefined {
  const [, six, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+?)\.?)(?::\d{1,5})?$/i.exec(host) ?? [];
  return (six ?? name)?.toLowerCase();
}

/**
 * Pages of other origins may not use this server, whatever they send. Returns the origin that may, for the answer's headers;
 * undefined: it is no request of another origin.
 *
 * @throws RefusedError `wrong-origin`
 */
export function checkOrigin(
  { headers, method }: Pick<Request, 'headers' | 'method'>,
  { origins }: Pick<ApiSettings, 'origins'>,
): string | undefined {
  const origin = headers.get('origin');
  if (origin !== null && origins.includes(origin)) return origin;
  const isOwn = origin === null ? !isCrossSite(headers, method) : isSame(origin, headers.get('host') ?? '');
  if (isOwn) return undefined;
  throw new RefusedError({
    code: 'wrong-origin',
    origin: (origin ?? 'another site').slice(0, 200),
    allowed: [...origins],
  });
}

/** A browser tells so; other programs do not send it. Somebody who follows a link to here has come by himself. */
function isCrossSite(headers: Headers, method: string): boolean {
  const site = headers.get('sec-fetch-site');
  // A form that is sent is told of as a link is, but for its method.
  const isLink =
    method === 'GET' &&
    headers.get('sec-fetch-mode') === 'navigate' &&
    headers.get('sec-fetch-dest') === 'document';
  return (site === 'cross-site' || site === 'same-site') && !isLink;
}

function isSame(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}
