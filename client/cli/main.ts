import { learnApiToken } from '../../config/api-token.ts';
import { learnCall } from '../../config/called-as.ts';
import { keepToOurselves } from '../../config/own-process.ts';
import type { Ended } from '../../embedded/servers/piece.ts';
import { exitCodeOf, messageOf } from './call/exit-code.ts';
import { outliveReaders } from './call/readers.ts';
import { failUnlessSettled } from './call/unsettled.ts';
import { program } from './program.ts';

keepToOurselves();
learnCall();
learnApiToken();
outliveReaders();

failUnlessSettled(run());

async function run(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (error) {
    process.exitCode = await exitCodeOf(error);
    await tellStarter({ problem: await messageOf(error) });
  }
  // An open channel would keep a process going that has nothing more to do.
  if (process.connected) process.disconnect();
}

/** A command that was started by another of ours is waited for with a time-out, and its log may be read by nobody. */
function tellStarter(ended: Ended): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(ended, () => resolve());
    else resolve();
  });
}
