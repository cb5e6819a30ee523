import { ConfigError } from './config.ts';
import type { Statement } from './dotenv-syntax.ts';

/**
 * A sentence for each line of an env file that sets nothing although it is no note, and for what looks like a missing
 * quote. Nothing of the line itself is repeated, since it may be a part of a secret, but names of our own settings.
 */
export function lostLines(path: string, text: string, found: readonly Statement[]): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  return found.flatMap((statement) => {
    const { line } = statement;
    if (statement.kind !== 'setting') {
      const written = lines[line - 1] ?? '';
      const [ours] = /\bTINYSCHEDULER_[A-Z_]*[A-Z]\b/.exec(written) ?? [];
      return [`${path} line ${line} sets nothing${ours ? `, not ${ours} either` : ''}: ${why(written)}.`];
    }
    if (!/^[A-Za-z_]\w*$/.test(statement.name)) {
      return [`${path} line ${line} sets something whose name is no name of a variable: ${NAME_RULE}.`];
    }
    const inside = lines.slice(line, statement.endLine).findIndex((text) => SETTING.test(text));
    if (inside < 0) return [];
    return [
      `${path} line ${line + inside + 1} sets nothing: it belongs to the value in quotes that begins in line ${line} and ends in line ${statement.endLine}; is a quote missing there?`,
    ];
  });
}

/** Throws ConfigError for values in quotes that do not end, or go on after their end: what was meant cannot be known. */
export function refuseOpenQuotes(path: string, found: readonly Statement[]): void {
  const problems = found.flatMap((statement) => {
    if (statement.kind !== 'unread' || statement.quote === undefined) return [];
    const { line, endLine, quote } = statement;
    const where = line === endLine ? '' : ` in line ${endLine}`;
    return [
      `The env file ${JSON.stringify(path)} has a value in line ${line} that begins with ${quote} and has no ${quote} at its end, ` +
        `or goes on behind it${where}; close the quote, and write \\${quote} for one within the value.`,
    ];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

const SETTING = /^\s*(?:export\s+)?[A-Z_][A-Z0-9_]*=/;
const NAME_RULE = 'letters, digits and "_", and no digit first';

function why(line: string): string {
  if (/^\s*\[.*\]\s*$/.test(line)) return 'an env file has no sections; put a "#" before it';
  if (/^\s*setx?\s/i.test(line)) return 'write NAME=value, without "set"';
  if (!line.includes('=')) {
    return /^\s*[\w.-]+\s*:/.test(line)
      ? 'write NAME=value, with "=" instead of ":"'
      : 'there is no "=" in it';
  }
  return 'it is not of the form NAME=value';
}
