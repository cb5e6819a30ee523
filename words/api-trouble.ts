import { calledAs } from '../config/called-as.ts';
import type { ApiTrouble } from '../contract/api-served.ts';

/** Why the API is not served, and what to do. Everything else goes on meanwhile. */
export function sayApiTrouble(trouble: ApiTrouble): string {
  return `The API is not served: ${sayWhy(trouble)}`;
}

function sayWhy(trouble: ApiTrouble): string {
  switch (trouble.why) {
    case 'port-taken':
      return (
        `${trouble.host} port ${trouble.port} is taken. It is served as soon as the port is free; ` +
        'or set TINYSCHEDULER_API_PORT to another one (0: none) and start again.'
      );
    case 'no-token':
      return (
        `TINYSCHEDULER_API_HOST is ${trouble.host}, which others can reach, and there is no token. It is served as soon as ` +
        `there is one: \`${calledAs()} token create --scope read\`; or set the host to 127.0.0.1 and start again.`
      );
    case 'tokens-unusable':
      return `${trouble.text} It is served as soon as that is put right.`;
    case 'not-listening':
      return `${sayNotListening(trouble)}; it is tried again`;
  }
}

/** What the system says of an address, by its code. */
export function sayNotListening({ host, port, text }: { host: string; port: number; text: string }): string {
  if (text === 'EADDRINUSE')
    return `${host} port ${port} is taken: end what listens there, or set TINYSCHEDULER_API_PORT to another one`;
  if (text === 'EADDRNOTAVAIL' || text === 'ENOTFOUND')
    return `${host} is no address of this host: correct TINYSCHEDULER_API_HOST`;
  if (text === 'EACCES')
    return `this user may not listen at ${host} port ${port}: set TINYSCHEDULER_API_PORT to one above 1023`;
  return `the API could not be served at ${host} port ${port}: ${text}`;
}
