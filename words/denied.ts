import { calledAs } from '../config/called-as.ts';

const DENIED = ['EACCES', 'EPERM', 'EROFS'];

/** Whether the system has refused something to this user. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && DENIED.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What the system has refused, and what to do about it, as sentences. */
export function sayDenied({ message }: Error): string {
  return (
    `${message}. This user may not do that: run it as the user whose files these are, or change their permissions; ` +
    `\`${calledAs()} config --show\` tells where they are and what says so, \`validate-config\` what else is missing.`
  );
}

/** That it is not known what runs in a place, as a sentence. */
export function sayUnreadablePlace(path: string): string {
  return (
    `${path} cannot be read by this user, so what runs here is not known, and the usual addresses are tried: ` +
    'run this as the user who started it, or set TEMPORAL_ADDRESS and TINYSCHEDULER_MCP_ENDPOINT.'
  );
}
