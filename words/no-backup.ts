import { calledAs } from '../config/called-as.ts';
import type { BackupProblem } from '../contract/backup.ts';
import type { ErrorCode, Failure } from '../contract/errors.ts';

type NoBackup = Extract<
  Failure,
  {
    code: Extract<
      ErrorCode,
      `backup-${string}` | `restore-${string}` | 'nothing-to-back-up' | 'something-runs'
    >;
  }
>;

const PROBLEMS_SAID = 5;

/** Why nothing was backed up, or restored. */
export function sayNoBackup(failure: NoBackup): string {
  switch (failure.code) {
    case 'backup-place-taken':
      return (
        `${failure.dir} is not empty (${failure.text}), and nothing is overwritten: name a folder that is not there yet, or ` +
        'say --keep to have dated backups in one.'
      );
    case 'backup-failed':
      return `No backup was made in ${failure.dir}: ${failure.text}.`;
    case 'nothing-to-back-up':
      return (
        `There is nothing to back up: no database in ${failure.stateDir}, no env file, no agents and no recipes. ` +
        'Name the base path with --base-path.'
      );
    case 'backup-unusable': {
      const said = failure.problems.slice(0, PROBLEMS_SAID).map(sayBackupProblem);
      const more = failure.problems.length - said.length;
      return `${failure.dir} cannot be restored: ${said.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
    }
    case 'restore-place-taken':
      return (
        `There is state in ${failure.stateDir} already (${failure.entries.join(', ')}), and nothing is overwritten: ` +
        `move it aside, or restore into another base path (--base-path).`
      );
    case 'something-runs':
      return saySomethingRuns(failure);
    case 'restore-failed':
      return `Nothing was restored into ${failure.stateDir}: ${failure.text}.`;
  }
}

/** As a clause. */
export function sayBackupProblem(problem: BackupProblem): string {
  switch (problem.what) {
    case 'no-manifest':
      return `it has no manifest.json that can be read, so no backup was finished there (${problem.text})`;
    case 'has-dated':
      return `it is a folder of dated backups: name one of them, such as ${problem.newest}`;
    case 'newer-format':
      return (
        `it was made by a newer TinyScheduler (format ${problem.format} of backups, this one knows ${problem.known}); ` +
        'use the newer one'
      );
    case 'newer-schema':
      return (
        `${problem.path} was written by a newer TinyScheduler (version ${problem.schema} of its tables, this one knows ` +
        `${problem.known}); use the newer one`
      );
    case 'file-missing':
      return `${problem.path} cannot be read (${problem.text})`;
    case 'file-changed':
      return `${problem.path} is not what was written then`;
    case 'database-damaged':
      return `${problem.path} is damaged (${problem.text})`;
  }
}

function saySomethingRuns({
  stateDir,
  isOrigin,
  processes,
}: Extract<Failure, { code: 'something-runs' }>): string {
  const who = processes.map(({ kind, pid }) => `${kind} (process ${pid})`).join(', ');
  const why = isOrigin
    ? `The backup was made of ${stateDir}, and that still runs: ${who}. Both would do the same tasks.`
    : `Something still works with ${stateDir}: ${who}.`;
  return `${why} End it with \`${calledAs()} stop\` there, and restore then.`;
}
