/** For whom a scheduler works. Two TinyTasks with one scheduler would take each other's tasks for their own. */
export interface Serves {
  /** Host, base path and state directory of the process that schedules. */
  host: string;
  basePath: string;
  stateDir: string;
  /** Address of TinyTask, as that process has it. */
  tinytask: string;
  /** A task of that TinyTask, by which another address of the same one is recognised; null while it had no task. */
  mark: { id: number; createdAt: string } | null;
}

/** Who asks. */
export interface Asker extends Omit<Serves, 'mark'> {
  /** Whether somebody named the TinyTask, or the Temporal server; else they are what is met on the usual ports. */
  tinytaskNamed: boolean;
  temporalNamed: boolean;
  /** Where the asker's state was before it was restored from a backup: a scheduler that works for that place is the asker's own. */
  formerly?: Pick<Serves, 'host' | 'stateDir'>;
}

/**
 * Whether a scheduler works for the asker. `look`: the addresses do not tell, so the asker's TinyTask is asked whether
 * it has the mark. A scheduler of which nothing is known yet is anybody's.
 */
export function relationTo(theirs: Serves | undefined, asker: Asker): 'ours' | 'another' | 'look' {
  if (theirs === undefined) return 'ours';
  const { host, tinytaskNamed, temporalNamed, formerly } = asker;
  if (theirs.host === formerly?.host && theirs.stateDir === formerly.stateDir) return 'ours';
  const samePlace = theirs.host === host && theirs.stateDir === asker.stateDir;
  // The TinyTask of this place is then the one that it brings up itself, on whatever port.
  if (samePlace && !tinytaskNamed) return 'ours';
  const elsewhere = theirs.host !== host;
  if (addressOf(theirs.tinytask, theirs.host) === addressOf(asker.tinytask, host)) {
    // A folder in which nothing was named or started meets whatever runs on this machine.
    return samePlace || elsewhere || tinytaskNamed || temporalNamed ? 'ours' : 'another';
  }
  if (theirs.mark !== null) return 'look';
  return samePlace || elsewhere ? 'ours' : 'another';
}

/** The address, with the host where it means that host alone. */
function addressOf(address: string, host: string): string {
  if (!URL.canParse(address)) return address;
  const { protocol, hostname, port, pathname } = new URL(address);
  const here =
    hostname === 'localhost' || hostname === '[::1]' || hostname === '0.0.0.0' || /^127\./.test(hostname);
  const usual = protocol === 'https:' ? '443' : '80';
  return `${protocol}//${here || hostname === host ? `${host} itself` : hostname}:${port || usual}${pathname.replace(/\/+$/, '')}`;
}
