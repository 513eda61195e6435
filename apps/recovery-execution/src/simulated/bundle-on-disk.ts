import type { CloudsYamlEntry } from '@lifeboat/openstack-simulator';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Script } from '../compile/script.ts';
import { RECOVER } from '../recover-py.ts';

export interface Ended {
  /** Of the process; `null`: it was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** A script in a folder, as a bundle has it, and whoever runs it. */
export class BundleOnDisk {
  readonly dir = mkdtempSync(join(tmpdir(), 'lifeboat-bundle-'));

  constructor(
    script: Script,
    private readonly entry: CloudsYamlEntry,
  ) {
    const calls = JSON.stringify(script);
    writeFileSync(join(this.dir, 'calls.json'), calls);
    const files = { 'calls.json': createHash('sha256').update(calls).digest('hex') };
    const head = { groupName: 'Shop', point: 'pnt-1', dataAsOf: '2026-01-01T00:00:00.000Z' };
    writeFileSync(join(this.dir, 'manifest.json'), JSON.stringify({ ...head, files }));
    copyFileSync(RECOVER, join(this.dir, 'recover.py'));
    writeFileSync(join(this.dir, 'clouds.yaml'), stringify({ clouds: { there: this.entry } }));
  }

  /** It is killed when its journal has so many lines, or when it has said so many. */
  run(args: readonly string[] = [], dieAt: { readonly journal?: number; readonly said?: number } = {}): Promise<Ended> {
    // With nothing but the standard library.
    const given = ['-S', join(this.dir, 'recover.py'), '--cloud', 'there', '--poll', '0.05', ...args];
    const env = { PATH: process.env['PATH'] ?? '', OS_CLIENT_CONFIG_FILE: join(this.dir, 'clouds.yaml') };
    const child = spawn('python3', given, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, error]: [string[], string[]] = [[], []];
    child.stdout.on('data', (text: Buffer) => out.push(text.toString()));
    child.stderr.on('data', (text: Buffer) => error.push(text.toString()));
    const watch = setInterval(() => {
      const said = out.join('').split('\n').length - 1;
      if (this.journal().length >= (dieAt.journal ?? Infinity) || said >= (dieAt.said ?? Infinity))
        child.kill('SIGKILL');
    }, 1);
    return new Promise((resolve) =>
      child.on('close', (code) => {
        clearInterval(watch);
        resolve({ code, out: out.join(''), error: error.join('') });
      }),
    );
  }

  journal(): readonly Readonly<Record<string, unknown>>[] {
    const path = join(this.dir, 'journal.jsonl');
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  /** What a reference of the script stands for by now. */
  resolved(text: string): string {
    const keeps = new Map<number, Readonly<Record<string, string>>>();
    for (const { n, keeps: kept } of this.journal())
      if (kept) keeps.set(Number(n), kept as Readonly<Record<string, string>>);
    return text.replaceAll(
      /\$\{(\d+)\.([\w.]+)\}/g,
      (_, n: string, field: string) => keeps.get(Number(n))?.[field] ?? '',
    );
  }

  tamper(): void {
    appendFileSync(join(this.dir, 'calls.json'), ' ');
  }

  remove(): void {
    rmSync(this.dir, { recursive: true });
  }
}
