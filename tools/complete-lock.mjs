// Adds to package-lock.json the platform packages that the registry at hand could not serve, since `npm ci` of npm >= 11.16
// refuses its own lock without them (npm/cli#9846). Run after each `npm install`; does nothing on a complete lock.
// What it adds carries no integrity: on another platform those packages are unverified until the lock is refreshed.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['darwin', 'win32', 'freebsd', 'android', 'linux', 'openharmony', 'aix', 'sunos', 'netbsd', 'openbsd'];
const CPU = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'wasm32', 'mips64el'];
const PLATFORM_VERSION = /^\d/; // platform packages are pinned exactly

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));

/** Whether Node would find `name` from the package at `at`: its own node_modules, then its parents'. */
function resolves(at, name) {
  for (let dir = at; ; dir = dir.slice(0, Math.max(0, dir.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[`${dir ? `${dir}/` : ''}node_modules/${name}`]) return true;
    if (!dir) return false;
  }
}

function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = OS.find((o) => words.some((w) => w.startsWith(o)));
  const cpu = CPU.find((c) => words.includes(c));
  const libc = words.some((w) => w.startsWith('musl'))
    ? 'musl'
    : words.some((w) => w.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

let added = 0;
for (const [at, pkg] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(pkg.optionalDependencies ?? {})) {
    if (resolves(at, name) || !PLATFORM_VERSION.test(version)) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(pkg.dev && { dev: true }),
      optional: true,
    };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.error(`${added} platform packages added to ${file}`);
