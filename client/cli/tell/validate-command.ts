import { ConfigError } from '../../../config/config.ts';
import { error, type Finding } from '../../../contract/findings.ts';
import { endQuestions } from '../../../goose/program/ask.ts';
import { validationJson, verdictOf } from '../../json/validation.ts';
import { validateConfig } from '../../validate/validate.ts';
import type { Context } from '../call/context.ts';
import { exitCodeOf } from '../call/exit-code.ts';
import { print, printJson } from '../show/print.ts';
import { validationLines } from '../show/show-validation.ts';

interface ValidateOptions {
  fix?: boolean;
  json?: boolean;
}

/**
 * Returns the exit code: 0 when nothing is an error (warnings are none), 1 when something is, 2 when the settings cannot be
 * read, so that nothing else could be looked at.
 */
export async function validate(
  open: () => Context,
  { fix = false, json = false }: ValidateOptions,
): Promise<number> {
  const context = await openOrSay(open, json);
  if (typeof context === 'number') return context;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, () => void endQuestions().then(() => process.exit(130)));
  const { findings, made } = await validateConfig(context, { fix });
  if (json) printJson(validationJson({ findings, made }));
  else for (const line of validationLines({ findings, made })) print(line);
  return verdictOf(findings).errors === 0 ? 0 : 1;
}

/** Settings that cannot be read are told as everywhere; with `--json` they are findings as well. */
async function openOrSay(open: () => Context, json: boolean): Promise<Context | number> {
  try {
    return open();
  } catch (reason) {
    if (!json || !(reason instanceof ConfigError)) throw reason;
    const findings = reason.problems.map((text): Finding => error({ code: 'setting-wrong', text }));
    printJson(validationJson({ findings, made: [] }));
    return exitCodeOf(reason);
  }
}
