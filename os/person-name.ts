import { hostname, userInfo } from 'node:os';

/** Who runs this process, as `user@host`. A user id that no user has is told as a number. */
export function personName(): string {
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
