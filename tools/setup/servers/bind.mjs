import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { locate } from './binaries.mjs';

const PROGRAMS = { named: 'usr/sbin/named', dig: 'usr/bin/dig', nsupdate: 'usr/bin/nsupdate' };
const PACKAGES = ['bind9', 'bind9-dnsutils'];
const PATIENCE_MS = 180_000;

/** A folder with `named`, `dig` and `nsupdate`, whoever brought them; undefined where nobody can. */
export function bindPrograms() {
  const base = `${locate().data}/bind`;
  const folder = `${base}/bin`;
  if (existsSync(`${folder}/nsupdate`)) return folder;
  const installed = Object.values(PROGRAMS).every((path) => existsSync(`/${path}`));
  if (!installed && !unpacked(base)) return undefined;
  const root = installed ? '' : `${base}/root`;
  mkdirSync(folder, { recursive: true });
  // nsupdate comes last: it says that all are there.
  for (const [name, path] of Object.entries(PROGRAMS))
    writeFileSync(`${folder}/${name}`, script(root, path), { mode: 0o755 });
  return folder;
}

const script = (root, path) => `#!/bin/sh
${root === '' ? '' : `export LD_LIBRARY_PATH=$(echo ${root}/usr/lib/*-linux-gnu)\n`}exec ${root}/${path} "$@"
`;

/** Debian's packages and what of theirs is not installed; as anybody, by lists of our own where the system has none. */
function unpacked(base) {
  const part = `${base}/root.${process.pid}`;
  try {
    mkdirSync(`${part}/debs`, { recursive: true });
    chmodSync(base, 0o755);
    const own = [
      '-o',
      `Dir::State::Lists=${part}/lists`,
      '-o',
      `Dir::Cache=${part}/cache`,
      '-o',
      'Debug::NoLocking=true',
    ];
    const got = download(part, []) || (run('apt-get', [...own, '-qq', 'update'], part) && download(part, own));
    if (!got) return false;
    for (const deb of readdirSync(`${part}/debs`)) run('dpkg-deb', ['-x', `debs/${deb}`, `${part}/root`], part);
    rmSync(`${base}/root`, { recursive: true, force: true });
    renameSync(`${part}/root`, `${base}/root`);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function download(part, options) {
  const planned = run('apt-get', [...options, '-s', '-qq', '--no-install-recommends', 'install', ...PACKAGES], part);
  const names = [...(planned ?? '').matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  return names.length > 0 && run('apt-get', [...options, '-qq', 'download', ...names], `${part}/debs`) !== undefined;
}

/** What it said; undefined when it failed, or is not there. */
function run(command, args, cwd) {
  const { status, stdout } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: PATIENCE_MS });
  return status === 0 ? stdout : undefined;
}
