import type { Config } from '../../config/config.ts';

/** What the API goes by. */
export interface ApiSettings {
  host: string;
  /** A token is needed on this machine too. */
  tokenRequired: boolean;
  names: readonly string[];
  origins: readonly string[];
  perMinute: number;
}

export function apiSettings(config: Config): ApiSettings {
  const { apiHost, apiTokenRequired, apiNames = [], apiOrigins = [], apiPerMinute } = config;
  return {
    host: apiHost,
    tokenRequired: apiTokenRequired || !isLoopback(apiHost),
    names: apiNames,
    origins: apiOrigins,
    perMinute: apiPerMinute,
  };
}

/** Whether an address is of this machine alone. */
export function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  return plain === 'localhost' || plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain);
}
