import { type FSWatcher, watch } from 'node:fs';

/**
 * Calls `onChange` when something in a folder is made, written or removed, as soon as the system tells. `tells` is false
 * where it does not: then whoever wants to know has to look.
 */
export class FolderChanges {
  #watcher: FSWatcher | undefined;

  constructor(folder: string, onChange: () => void) {
    try {
      const watcher = watch(folder, { persistent: false }, onChange);
      watcher.on('error', () => {
        this.close();
        onChange();
      });
      this.#watcher = watcher;
    } catch {
      // The folder is not there, or the system has no watches left.
    }
  }

  get tells(): boolean {
    return this.#watcher !== undefined;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
