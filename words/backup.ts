import { calledAs } from '../config/called-as.ts';
import type {
  Backup,
  BackupCheck,
  BackupManifest,
  BackupPart,
  LeftOut,
  Restored,
} from '../contract/backup.ts';
import { sayBytes } from './bytes.ts';
import { sayBackupProblem } from './no-backup.ts';

const PARTS: Record<BackupPart, string> = {
  tinytask: 'the tasks (TinyTask)',
  temporal: "Temporal's history",
  'last-good': 'the last good agents',
  'sample-mark': 'whether the samples were made',
  'api-tokens': 'the tokens of the API',
  'env-file': 'the env file',
  'control-file': 'the agent control file',
  recipes: 'recipes',
};
/** Nobody asks for it by name. */
const UNSAID: BackupPart[] = ['sample-mark'];

/** What was backed up, and what was not, as lines. */
export function sayBackup({ dir, manifest, removed }: Backup): string[] {
  return [
    `Backed up into ${dir}: ${sayWhatIsIn(manifest)}.`,
    ...manifest.leftOut.flatMap(sayLeftOut),
    ...(hasPart(manifest, 'env-file')
      ? ['The env file may hold keys: keep the backup as you keep those.']
      : []),
    ...removed.map((old) => `Removed ${old}, the oldest.`),
  ];
}

/** Whether it is a backup that can be restored, as lines. */
export function sayBackupCheck({ dir, manifest, problems }: BackupCheck): string[] {
  if (manifest === undefined || problems.length > 0)
    return [`${dir} cannot be restored:`, ...problems.map((problem) => `  ${sayBackupProblem(problem)}`)];
  return [
    `${dir} is whole: ${sayWhatIsIn(manifest)}.`,
    `Made ${manifest.madeAt} of ${manifest.origin.basePath} on ${manifest.origin.host}, by version ${manifest.version}.`,
    ...manifest.leftOut.flatMap(sayLeftOut),
  ];
}

/** What was restored, and what to do next, as lines. */
export function sayRestored({ manifest, basePath, stateDir, placed, leadsTo }: Restored): string[] {
  const { origin, madeAt } = manifest;
  const there = placed.filter(({ did }) => did === 'placed').map(({ path }) => `Restored ${path}.`);
  const kept = placed
    .filter(({ did }) => did === 'kept')
    .map(
      ({ path }) =>
        `Left ${path} as it is: another one is there already. That of the backup is in the backup.`,
    );
  return [
    `Restored into ${stateDir} what was in ${origin.stateDir} on ${origin.host} at ${madeAt}.`,
    ...there,
    ...kept,
    ...manifest.leftOut.flatMap(sayLeftOut),
    ...(leadsTo === null
      ? []
      : [
          `With the restored env file the state directory is ${leadsTo}: correct its paths before you start.`,
        ]),
    ...(hasPart(manifest, 'api-tokens')
      ? [`Tokens that were revoked since then count again: \`${calledAs()} token list\` shows them.`]
      : []),
    `Never start it while ${origin.basePath} on ${origin.host} runs: both would do the same tasks.`,
    `Tasks that ran then run again. Start in ${basePath}: \`${calledAs()} start\`, or \`run --daemon\`.`,
  ];
}

function sayWhatIsIn({ files }: BackupManifest): string {
  const parts = [...new Set(files.map(({ part }) => part))].filter((part) => !UNSAID.includes(part));
  const said = parts.map((part) => {
    const ofPart = files.filter((file) => file.part === part);
    const bytes = ofPart.reduce((sum, file) => sum + file.bytes, 0);
    return part === 'recipes' ? `${ofPart.length} ${PARTS.recipes}` : `${PARTS[part]} (${sayBytes(bytes)})`;
  });
  return said.join(', ');
}

/** Of what is in none, only that of which somebody could think that it is in it. */
function sayLeftOut(left: LeftOut): string[] {
  if (left.why === 'unfit') return [`Not in it: ${left.path}, since ${left.text}.`];
  if (left.why === 'none')
    return left.part === 'last-good' || UNSAID.includes(left.part)
      ? []
      : [`Not in it: ${PARTS[left.part]}; there ${left.part === 'recipes' ? 'are' : 'is'} none.`];
  return left.part === 'temporal'
    ? [
        `Not in it: ${PARTS.temporal}, which the server ${left.address} has. Back that one up before this, never after it: a ` +
          'history that is newer than the tasks would run tasks again that were complete.',
      ]
    : [
        `Not in it: ${PARTS.tinytask}, which ${left.address} has. Back that one up after this, never before it: tasks that are ` +
          'older than the history would run again although they were complete.',
      ];
}

function hasPart({ files }: BackupManifest, part: BackupPart): boolean {
  return files.some((file) => file.part === part);
}
