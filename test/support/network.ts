import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A host of its own: a network namespace whose only way out is a link to the server's. */
export interface NetHost {
  /** Runs a command there: put before it. */
  enter: string[];
  /** The server's address as it is seen from there. */
  server: string;
  /** Breaks the link until `mend`. `silent`: packets vanish and nobody is told; `down`: the interface goes down. */
  cut(how: 'silent' | 'down'): void;
  mend(): void;
}

export interface Network {
  /** Put before a command that runs where the server is. */
  enterServer: string[];
  hosts: [NetHost, NetHost];
  /** The server's address as this process sees it. */
  server: string;
  remove(): void;
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });

/** Whether this user may make network namespaces and links; a word why not, otherwise. */
export function noNetworksBecause(): string | undefined {
  const name = `tst${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('link', 'add', `${name}v`, 'type', 'veth', 'peer', 'name', `${name}w`);
    ip('link', 'del', `${name}v`);
    return undefined;
  } catch (error) {
    return `this user may not make network namespaces (${(error as Error).message.split('\n')[0]})`;
  } finally {
    try {
      ip('netns', 'del', name);
    } catch {
      // It was not made.
    }
  }
}

/**
 * A server and two hosts in three network namespaces, joined by links; this process has a link to the server too.
 *
 * @param number of the network, from 0: each that a process has at the same time has another one
 */
export function makeNetwork(number = 0): Network {
  removeWhatWasLeft();
  const prefix = `ts${process.pid}${'abcdefgh'[number]}`;
  const addresses = `10.${213 + number}`;
  const server = `${prefix}s`;
  const names = [`${prefix}a`, `${prefix}b`] as const;
  ip('netns', 'add', server);
  ip('-n', server, 'link', 'set', 'lo', 'up');
  link(`${prefix}m`, undefined, `${prefix}n`, server, `${addresses}.9`);
  const hosts = names.map((name, index) => {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    return host(name, server, `${addresses}.${index + 1}`);
  });
  return {
    enterServer: ['ip', 'netns', 'exec', server],
    hosts: hosts as [NetHost, NetHost],
    server: `${addresses}.9.1`,
    remove() {
      for (const name of [...names, server]) ip('netns', 'del', name);
    },
  };
}

/** Those of processes that were killed: they have the same addresses as the new ones. Their links go with them. */
function removeWhatWasLeft(): void {
  for (const [, name = '', pid] of ip('netns', 'list')
    .toString()
    .matchAll(/^(ts(\d+)[a-h][sab])\b/gm))
    if (!existsSync(`/proc/${pid}`)) ip('netns', 'del', name);
}

function host(name: string, server: string, subnet: string): NetHost {
  const [near, far] = [`${name}0`, `${name}1`];
  link(near, name, far, server, subnet);
  const nearMac = macOf(name, near);
  const farMac = macOf(server, far);
  const neighbours = (of: { near: string; far: string }) => {
    ip('-n', name, 'neigh', 'replace', `${subnet}.1`, 'lladdr', of.far, 'dev', near, 'nud', 'permanent');
    ip('-n', server, 'neigh', 'replace', `${subnet}.2`, 'lladdr', of.near, 'dev', far, 'nud', 'permanent');
  };
  neighbours({ near: nearMac, far: farMac });
  return {
    enter: ['ip', 'netns', 'exec', name],
    server: `${subnet}.1`,
    cut(how) {
      if (how === 'down') ip('-n', name, 'link', 'set', near, 'down');
      // Frames to an address that nobody has are dropped without a word, and connections stay open.
      else neighbours({ near: '02:00:00:00:00:01', far: '02:00:00:00:00:02' });
    },
    mend() {
      ip('-n', name, 'link', 'set', near, 'up');
      neighbours({ near: nearMac, far: farMac });
    },
  };
}

/** A link between two namespaces (undefined: this process's own); the second one has the address that ends in 1. */
function link(one: string, oneIn: string | undefined, two: string, twoIn: string, subnet: string): void {
  const at = (namespace: string | undefined) => (namespace === undefined ? [] : ['-n', namespace]);
  ip('link', 'add', one, 'type', 'veth', 'peer', 'name', two);
  if (oneIn !== undefined) ip('link', 'set', one, 'netns', oneIn);
  ip('link', 'set', two, 'netns', twoIn);
  ip(...at(oneIn), 'addr', 'add', `${subnet}.2/24`, 'dev', one);
  ip('-n', twoIn, 'addr', 'add', `${subnet}.1/24`, 'dev', two);
  ip(...at(oneIn), 'link', 'set', one, 'up');
  ip('-n', twoIn, 'link', 'set', two, 'up');
}

function macOf(namespace: string, device: string): string {
  const shown = ip('-n', namespace, '-j', 'link', 'show', 'dev', device).toString();
  return (JSON.parse(shown) as { address: string }[])[0]?.address ?? '';
}
