import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findDebianProgram } from '../../scripts/debian-package.mjs';
import { onlyPrograms } from '../support/programs.ts';

const { path, script } = onlyPrograms('debian-package-');

async function find() {
  const said: string[] = [];
  const wanted = { name: 'tool', package: 'tools', inPackage: 'usr/bin/tool' };
  const program = await findDebianProgram({ ...wanted, say: (line: string) => void said.push(line) });
  return { program, said };
}

test('a program on PATH is taken', async () => {
  const path = script('tool', 'exit 0');
  expect(await find()).toEqual({ program: path, said: [] });
});

test('where there is no apt-get, that is said and nothing is left', async () => {
  const { program, said } = await find();
  expect(program).toBeUndefined();
  expect(said.at(-1)).toMatch(/^tool cannot be had here, so its tests are skipped: .*apt-get/);
});

test('what is missing is fetched, unpacked and started with its libraries', async () => {
  script('rm', 'exec /bin/rm "$@"');
  script(
    'apt-get',
    `case "$*" in
*--print-uris*) echo "'http://host/tools_1%3a2.0-1_amd64.deb' tools_1%3a2.0-1_amd64.deb 12 SHA256:0" ;;
*download\\ tools=1:2.0-1) /bin/touch tools.deb ;;
*update) ;;
*) echo "E: unexpected $*" >&2; exit 1 ;;
esac`,
  );
  script(
    'dpkg',
    `/bin/mkdir -p "$3/usr/bin" "$3/usr/lib/any-linux-gnu/own"
/bin/touch "$3/usr/lib/any-linux-gnu/own/libown.so.1"
printf '#!/bin/sh\\n[ -n "$LD_LIBRARY_PATH" ] && echo "$LD_LIBRARY_PATH"\\n' > "$3/usr/bin/tool"
/bin/chmod +x "$3/usr/bin/tool"`,
  );
  const first = await find();
  const program = join(path(), 'cache/debian-tools/tool');
  expect(first).toEqual({ program, said: ['tool is fetched from Debian …'] });
  expect(await find()).toEqual({ program, said: [] });
});
