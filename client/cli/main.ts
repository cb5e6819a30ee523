import { learnCall } from '../../config/called-as.ts';
import { keepToOurselves } from '../../config/own-process.ts';
import { exitCodeOf } from './exit-code.ts';
import { program } from './program.ts';

keepToOurselves();
learnCall();

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
