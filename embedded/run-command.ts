import { spawn } from 'node:child_process';

export interface CommandOptions {
  cwd?: string;
  env: Record<string, string | undefined>;
  timeoutMs: number;
  /** Looked at every second; a reason to give up ends the command. */
  giveUp?: () => string | undefined;
  /** Called about every 10 s with the seconds since the start. */
  onTick?: (elapsedSec: number) => void;
}

/** Runs a command to its end; throws with the end of its error output if it fails, hangs or cannot be started. */
export async function runCommand(command: string, args: string[], options: CommandOptions): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let reason: string | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk}`.slice(-4_000);
  });
  const startedAt = performance.now();
  let seconds = 0;
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > options.timeoutMs) reason = `it took longer than ${options.timeoutMs / 1000} s`;
    reason ??= options.giveUp?.();
    if (reason) child.kill('SIGKILL');
    seconds += 1;
    if (seconds % 10 === 0) options.onTick?.(Math.round(elapsedMs / 1000));
  }, 1_000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (reason) throw new Error(`\`${command}\` was stopped: ${reason}`);
    if (code !== 0) throw new Error(`\`${command}\` failed (exit ${code}): ${lastLines(stderr)}`);
    return stdout;
  } finally {
    clearInterval(timer);
  }
}

function lastLines(text: string): string {
  const lines = text.trim().split('\n').slice(-3).join(' ').trim();
  return lines === '' ? 'no error output' : lines;
}
