import { type ChildProcess, spawn } from 'node:child_process';
import { compiledFile, NODE_FLAGS, ownProcessEnvironment } from '../../config/own-process.ts';
import { atExit } from '../../os/at-exit.mjs';
import type { HoldAnswer, HoldWord } from './hold-main.ts';

const MAIN = compiledFile('embedded/backup/hold-main.js');

/** Databases that others work with, held so that their files can be copied. */
export interface Hold {
  /** From now on nobody writes to any of them. Throws what SQLite says, if others hold one for 5 s. */
  seal(): Promise<void>;
  /** Lets go; throws if the hold was lost before, so that what was copied meanwhile is worth nothing. */
  release(): Promise<void>;
  /** Lets go at once, whatever is under way. */
  end(): void;
}

/** Resolves when each is pinned (see sqlite.ts). Throws what SQLite says. */
export async function hold(paths: readonly string[]): Promise<Hold> {
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, ...paths], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: ownProcessEnvironment(),
  });
  const end = () => void child.kill('SIGKILL');
  const forget = atExit(end);
  child.once('exit', forget);
  const ask = (word: HoldWord) => {
    const answer = nextAnswer(child);
    child.send(word, () => undefined);
    return answer;
  };
  await nextAnswer(child);
  return { seal: () => ask('seal'), release: () => ask('release'), end };
}

function nextAnswer(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new Error('the process that held the databases has ended'));
    if (!child.connected) return lost();
    child.once('message', (answer: HoldAnswer) => {
      child.off('disconnect', lost);
      if (answer.is === 'failed') reject(new Error(answer.text));
      else resolve();
    });
    child.once('disconnect', lost);
    child.once('error', reject);
  });
}
