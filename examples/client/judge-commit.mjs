// A commit is judged by an agent, and the exit code is the verdict: 0 the task is complete, 1 it is not.
// As a git hook, in .git/hooks/pre-push:   exec node /path/to/judge-commit.mjs --queue review --minutes 20
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { say, script, Usage } from './script.mjs';

await script(async (scheduler, signal) => {
  // git hands the hook arguments of its own, which are not for us.
  const { values } = parseArgs({
    options: { queue: { type: 'string' }, minutes: { type: 'string', default: '20' } },
    allowPositionals: true,
  });
  const timeoutMs = Number(values.minutes) * 60_000;
  if (values.queue === undefined || !(timeoutMs > 0))
    throw new Usage('judge-commit.mjs --queue NAME [--minutes 20]');
  const { hash, subject } = lastCommit();

  // The same commit, pushed again, is the same task.
  const { task, isNew } = await scheduler.addOnce(`judge-${values.queue}-${hash}`, {
    title: `Judge ${hash.slice(0, 10)}: ${subject}`.slice(0, 200),
    description: `Look at the commit ${hash}. Complete this task only if it may be pushed.`,
    queue: values.queue,
  });
  say(`${isNew ? 'added' : 'there is already'} task ${task.id}; waiting for its end`);

  const { end, outcome } = await scheduler.ended(task.id, { timeoutMs, signal });
  const verdict =
    outcome.verdict === null ? 'no verdict' : `${outcome.verdict.kind}: ${outcome.verdict.reason}`;
  say(`task ${task.id} is ${end} (${verdict})`);
  return end === 'complete' ? 0 : 1;
});

function lastCommit() {
  try {
    const git = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const [hash, subject] = execFileSync('git', ['log', '-1', '--format=%H%n%s'], git).split('\n');
    return { hash, subject };
  } catch {
    throw new Usage('there is no commit here: call this in a git repository');
  }
}
