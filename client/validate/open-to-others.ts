import type { Stats } from 'node:fs';
import { lstat, opendir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const WRITE_OTHERS = 0o002;
const WRITE_GROUP = 0o020;
const STICKY = 0o1000;
/** Looked at in a directory; nobody has so many programs. */
const MOST_ENTRIES = 1_000;

/**
 * Of a directory, what leads to it and what is in it: the paths that another user than this one and root may write, by their
 * owner and mode. A group of this user's own does not count, nor access lists.
 */
export async function openToOthers(directory: string): Promise<string[]> {
  const real = await realpath(directory);
  const open: string[] = [];
  const look = async (path: string, isOpen: (facts: Stats) => boolean) => {
    const facts = await lstat(path).catch(() => undefined);
    if (facts !== undefined && isOpen(facts)) open.push(path);
  };
  const mine = whoIAm();
  await look(real, (facts) => mayWrite(facts, mine));
  for (let at = real; at !== dirname(at); at = dirname(at))
    // What lies in a directory with the sticky bit is its owner's.
    await look(dirname(at), (facts) => (facts.mode & STICKY) === 0 && mayWrite(facts, mine));
  // A link has no rights of its own.
  for (const entry of await entriesOf(real))
    await look(entry, (facts) => !facts.isSymbolicLink() && mayWrite(facts, mine));
  return open;
}

/** Some of them, where there are very many; what cannot be read has none. */
async function entriesOf(directory: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { parentPath, name } of await opendir(directory, { recursive: true })) {
      paths.push(join(parentPath, name));
      if (paths.length === MOST_ENTRIES) break;
    }
  } catch {
    // What was found counts.
  }
  return paths;
}

interface Mine {
  uid: number;
  /** Undefined: others may be in it, too. */
  ownGroup: number | undefined;
}

function whoIAm(): Mine {
  const { uid = -1, gid = -1 } = { uid: process.getuid?.(), gid: process.getgid?.() };
  // Where each user has a group of the same number, nobody else is in it.
  return { uid, ownGroup: uid === gid ? gid : undefined };
}

function mayWrite({ mode, uid, gid }: Stats, mine: Mine): boolean {
  if (uid !== mine.uid && uid !== 0) return true;
  return (mode & WRITE_OTHERS) !== 0 || ((mode & WRITE_GROUP) !== 0 && gid !== mine.ownGroup && gid !== 0);
}
