// What dist/quick/main.cjs is: it runs the chunks that scripts/bundle-quick.mjs has made beside it, each with what V8 kept of
// compiling it. V8 itself refuses what another version, or one with other flags, has kept; then the text is compiled as ever.
// Node.js has no such cache of its own before version 22.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  // As the launcher says it before it starts anything else. An older one does not understand the chunks.
  console.error(
    `tinyscheduler: Node.js ${process.version} is too old; install Node.js 20.12 or newer (https://nodejs.org).`,
  );
  process.exit(1);
}
const { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');

const KEPT = '.kept';
const scripts = new Map();
const modules = new Map();

function chunk(name) {
  const there = modules.get(name);
  if (there !== undefined) return there.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const path = placeOf(name);
  // Where whoever wants to know looks for what a process has loaded.
  require.cache[path] = module;
  const script = new vm.Script(
    // On the line of the first of the chunk's own, so that traces name the right ones.
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(path, 'utf8')}\n})`,
    {
      filename: path,
      cachedData: kept(path),
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  );
  scripts.set(path, script);
  const load = (id) => (id.startsWith('./') ? chunk(id.slice(2)) : require(id));
  script.runInThisContext()(module.exports, load, module, path, __dirname);
  return module.exports;
}

/** A command that goes on for long may ask for one that a later build has replaced. */
function placeOf(name) {
  const path = join(__dirname, name);
  const replaced = join(__dirname, 'replaced', name);
  return !existsSync(path) && existsSync(replaced) ? replaced : path;
}

function kept(path) {
  try {
    return readFileSync(path + KEPT);
  } catch {
    return undefined;
  }
}

chunk('program.cjs');

// Functions that were called are kept, too; so bundle-quick.mjs runs a command for it, and loads all that any other would.
if (process.env.KEEP_COMPILED === 'yes')
  process.on('exit', () => {
    for (const name of readdirSync(__dirname)) if (/-.*\.cjs$/.test(name)) chunk(name);
    for (const [path, script] of scripts) {
      // Whole or not at all, since V8 takes what it finds.
      const own = `${path}.${process.pid}`;
      writeFileSync(own, script.createCachedData());
      renameSync(own, path + KEPT);
    }
  });
