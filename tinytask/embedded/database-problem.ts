import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** A database that cannot be used as it is; the message names the file and says what to do. */
export class DatabaseProblem extends Error {
  override readonly name = 'DatabaseProblem';
}

/**
 * What SQLite or the file system said about `file`, as a sentence that says what to do. An error that says nothing
 * about the file comes back as it is: it is a fault of ours, and its own words tell most.
 */
export function databaseProblem(file: string, error: unknown): Error {
  if (error instanceof DatabaseProblem) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const said = say(file, { code, message });
  return said === undefined ? (error as Error) : new DatabaseProblem(said, { cause: error });
}

/** For a file that SQLite can read, and that is none of ours. */
export function notOurs(file: string, why: string): DatabaseProblem {
  return new DatabaseProblem(`The TinyTask database ${file} cannot be used: ${why}.`);
}

function say(file: string, { code, message }: { code: string; message: string }): string | undefined {
  const cannot = `The TinyTask database ${file} cannot be used`;
  const folder = dirname(file);
  // SQLite calls a disk that is full while it makes a file beside the database an input or output error.
  if (/FULL|ENOSPC|EDQUOT/.test(code) || (code.startsWith('SQLITE_IOERR') && isFull(folder)))
    return `The disk of the TinyTask database ${file} is full, so nothing was written: make room on it`;
  if (/CORRUPT/.test(code)) return `${cannot}: it is damaged (${message}). ${putAside(file)}`;
  if (/NOTADB/.test(code)) return `${cannot}: it is not an SQLite database. ${putAside(file)}`;
  if (/READONLY|EROFS|EACCES|EPERM|SQLITE_PERM/.test(code))
    return `${cannot}: this user may not write it or its folder ${folder}, or the disk is read-only. Make both writable`;
  if (/BUSY|LOCKED/.test(code))
    return `${cannot}: another process has locked it. End that one (\`lsof ${file}\` names it)`;
  if (
    /CANTOPEN|ENOTDIR|EEXIST|EISDIR|ENOENT|ELOOP|ENAMETOOLONG/.test(code) ||
    message.includes('Unable to open')
  )
    return `${cannot}: there can be no file at that place (${message}). See that its folder ${folder} can be made and written`;
  if (code.startsWith('SQLITE_IOERR'))
    return `${cannot}: its disk does not read or write (${message}). Look at the disk`;
  return undefined;
}

function putAside(file: string): string {
  return (
    `Put it aside and start again with an empty one (\`mv ${file} ${file}.damaged\`), or put a copy of it back; ` +
    `\`sqlite3 ${file}.damaged .recover\` may get tasks out of it`
  );
}

function isFull(folder: string): boolean {
  try {
    return statfsSync(folder).bavail === 0;
  } catch {
    return false;
  }
}
