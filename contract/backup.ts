/** Raised when an older version could not restore what this one writes. */
export const BACKUP_FORMAT = 2;

/** What a backup consists of: databases, and files. */
export type BackupPart = DatabasePart | FilePart;
export type DatabasePart = 'tinytask' | 'temporal';
export type FilePart = 'last-good' | 'sample-mark' | 'api-tokens' | 'env-file' | 'control-file' | 'recipes';

/** A part that is not in it. `elsewhere`: it is no server of ours. `none`: there is none. `unfit`: no file that can be copied. */
export type LeftOut =
  | { part: DatabasePart; why: 'elsewhere'; address: string }
  | { part: FilePart; why: 'none' }
  | { part: BackupPart; why: 'unfit'; path: string; text: string };

export interface BackedUpFile {
  part: BackupPart;
  /** Below the backup, with `/`: `state/tinytask.db`, `config/recipes/ada.yaml`. */
  path: string;
  /** Where it was, absolute. */
  from: string;
  bytes: number;
  /** In hexadecimal digits. */
  sha256: string;
  /** `PRAGMA user_version` of a database; null of any other file. */
  schema: number | null;
}

/** Where something was made, or is. */
export interface BackupOrigin {
  host: string;
  basePath: string;
  stateDir: string;
}

/** `manifest.json` of a backup, written last. */
export interface BackupManifest {
  format: number;
  /** Of the TinyScheduler that made it. */
  version: string;
  /** ISO 8601, by the clock of its host. */
  madeAt: string;
  origin: BackupOrigin;
  files: BackedUpFile[];
  leftOut: LeftOut[];
}

/** A backup that was made. */
export interface Backup {
  dir: string;
  manifest: BackupManifest;
  /** Older ones that were removed, since only so many are kept. */
  removed: string[];
}

/** Why a folder is no backup that can be restored. */
export type BackupProblem =
  /** There is no manifest that can be read: nothing was ever finished there. `text`: what the system or the reader says. */
  | { what: 'no-manifest'; text: string }
  /** It is a folder of dated backups. */
  | { what: 'has-dated'; newest: string }
  | { what: 'newer-format'; format: number; known: number }
  | { what: 'newer-schema'; path: string; schema: number; known: number }
  | { what: 'file-missing'; path: string; text: string }
  | { what: 'file-changed'; path: string }
  /** `text`: what SQLite says. */
  | { what: 'database-damaged'; path: string; text: string };

/** What `backup --check` found. */
export interface BackupCheck {
  dir: string;
  /** Undefined where none can be read. */
  manifest: BackupManifest | undefined;
  /** None: it can be restored. */
  problems: BackupProblem[];
}

/** What `restore` did with a file of the configuration. */
export interface PlacedFile {
  part: BackupPart;
  path: string;
  /** `kept`: another one is there, which was left as it is. */
  did: 'placed' | 'same' | 'kept';
}

export interface Restored {
  manifest: BackupManifest;
  basePath: string;
  stateDir: string;
  placed: PlacedFile[];
  /** With the restored env file, the next start would look for its state there; null: at `stateDir`, as it should. */
  leadsTo: string | null;
}

/** Who works with a state directory; `kind` as a command is called, or what was brought up. */
export interface RunningProcess {
  kind: string;
  pid: number;
}
