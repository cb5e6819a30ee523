import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename } from 'node:path';

/**
 * Calls `onChange` when something in a folder is made, written or removed, as soon as the system tells. `tells` is false
 * where it does not: then whoever wants to know has to look.
 */
export class FolderChanges {
  readonly #folder: string;
  readonly #onChange: () => void;
  #watcher: FSWatcher | undefined;
  /** The very folder that is watched: another one may have its name by now. */
  #watched: string | undefined;

  constructor(folder: string, onChange: () => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.follow();
  }

  get tells(): boolean {
    return this.#watcher !== undefined;
  }

  /** Watches the folder that has the name now, where that is another one than before. Costs one call of `stat`. */
  follow(): void {
    const there = identityOf(this.#folder);
    if (there === this.#watched && (this.tells || there === undefined)) return;
    this.close();
    if (there === undefined) return;
    try {
      const watcher = watch(this.#folder, { persistent: false }, (_, name) => {
        // The folder itself was removed or moved away.
        if (name === basename(this.#folder)) this.close();
        this.#onChange();
      });
      watcher.on('error', () => {
        this.close();
        this.#onChange();
      });
      this.#watcher = watcher;
      this.#watched = there;
    } catch {
      // It has gone just now, or the system has no watches left.
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#watched = undefined;
  }
}

function identityOf(folder: string): string | undefined {
  try {
    const { dev, ino } = statSync(folder);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
