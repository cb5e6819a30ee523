import { keepToOurselves } from '../../config/own-process.ts';
import { exitCodeOf } from './exit-code.ts';
import { program } from './program.ts';

keepToOurselves();

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
