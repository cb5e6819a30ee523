import { constants } from 'node:os';
import { RUN_KEEPER_VARIABLE } from './marks.ts';

/** Variables that perl itself obeys are hidden from it, and given back to goose. */
const HIDDEN = 'TINYSCHEDULER_KEPT_';

/** Numbers of the system call `prctl`. */
const PRCTL: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167 };
export const PRCTL_HERE = process.platform === 'linux' ? PRCTL[process.arch] : undefined;

/**
 * Starts goose and stays its parent, and that of every process below goose whose own parent has ended: the kernel gives
 * those to the nearest subreaper. So whatever goose starts remains its descendant. It tells on its third descriptor how
 * goose ended, whether or not somebody is left to hear it, and ends when it has no child any more. A signal that would end it
 * is passed on to goose.
 */
const PROGRAM = `# tinyscheduler: keeps the processes of a goose run together
my $prctl = 0 + $ARGV[0];
my @command = map { pack 'H*', $_ } split /,/, delete $ENV{${RUN_KEEPER_VARIABLE}};
delete $ENV{PERL_BADLANG};
for my $hidden (grep { /^${HIDDEN}/ } keys %ENV) {
  $ENV{substr $hidden, ${HIDDEN.length}} = delete $ENV{$hidden};
}
open(my $told, '>&=', 3) or exit 125;
fcntl($told, 2, 1);
syscall($prctl, 36, 1, 0, 0, 0);
my $goose = fork();
exit 125 if !defined $goose;
if ($goose == 0) {
  exec { $command[0] } @command;
  exit 127;
}
for my $signal (qw(HUP INT QUIT TERM USR1 USR2)) {
  $SIG{$signal} = sub { kill $signal, $goose if $goose };
}
$SIG{PIPE} = 'IGNORE';
close STDIN;
close STDOUT;
close STDERR;
for (;;) {
  my $pid = wait();
  last if $pid < 0 && $! == 10;
  next if $pid != $goose;
  $goose = 0;
  syswrite $told, "$?\\n";
  close $told;
}
`;

/** Says whether prctl is what we take it for. */
const PROBE = `my $n = 0 + $ARGV[0]; my $is = pack 'i', 0;
syscall($n, 36, 1, 0, 0, 0); syscall($n, 37, $is, 0, 0, 0); print unpack 'i', $is;`;

interface KeeperCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
}

/** The command line under which a keeper runs that command, with that environment. */
export function keeperCommand(
  perl: string,
  prctl: number,
  command: { file: string; args: string[] },
  env: Record<string, string>,
): KeeperCommand {
  const words = [command.file, ...command.args].map((word) => Buffer.from(word).toString('hex'));
  const hidden = Object.entries(env).map(([name, value]) => [
    name.startsWith('PERL') ? `${HIDDEN}${name}` : name,
    value,
  ]);
  return {
    file: perl,
    args: ['-e', PROGRAM, String(prctl)],
    // Else it complains of a locale that is not installed.
    env: { ...Object.fromEntries(hidden), PERL_BADLANG: '0', [RUN_KEEPER_VARIABLE]: words.join(',') },
  };
}

/** The command line that prints 1 where a keeper can do its work. */
export function keeperProbe(prctl: number): string[] {
  return ['-e', PROBE, String(prctl)];
}

/** How goose ended, as its keeper tells it: the status of wait(2) and a line feed. Undefined for anything else. */
export function readEnd(
  told: string,
): { exitCode: number | null; signal: NodeJS.Signals | null } | undefined {
  if (!/^\d{1,6}\n$/.test(told)) return undefined;
  const status = Number(told);
  const number = status & 127;
  if (number === 0) return { exitCode: status >> 8, signal: null };
  const name = Object.entries(constants.signals).find(([, each]) => each === number)?.[0];
  return { exitCode: null, signal: (name ?? 'SIGKILL') as NodeJS.Signals };
}
