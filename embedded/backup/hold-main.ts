import { LiveDatabase } from './sqlite.ts';

export type HoldWord = 'seal' | 'release';
export type HoldAnswer = { is: 'pinned' | 'sealed' | 'released' } | { is: 'failed'; text: string };

/**
 * Holds databases for a process that copies their files: see hold.ts. The locks need a process of their own, since whoever
 * closes a file loses all locks that its process has on it.
 */
const databases = process.argv.slice(2).map((path) => new LiveDatabase(path));

process.on('message', (word: HoldWord) => {
  if (word === 'seal') tell('sealed', () => each((database) => database.seal()));
  else {
    tell('released', () => each((database) => database.release()));
    process.disconnect();
  }
});
// Whoever copies has gone; with this process its locks end.
process.once('disconnect', () => process.exit());
tell('pinned', () => each((database) => database.pin()));

function each(work: (database: LiveDatabase) => void): void {
  for (const database of databases) work(database);
}

function tell(is: 'pinned' | 'sealed' | 'released', work: () => void): void {
  let answer: HoldAnswer = { is };
  try {
    work();
  } catch (error) {
    answer = { is: 'failed', text: (error as Error).message };
  }
  process.send?.(answer);
}
