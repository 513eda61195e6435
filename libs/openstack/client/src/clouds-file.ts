import { invalidInput } from '@lifeboat/kernel';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { CloudConfig } from './cloud.ts';
import { configOf } from './clouds-entry.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadCloudsOptions {
  /** Services name theirs; without it OpenStack's rule holds, see `findCloudsFile`. */
  readonly file?: string;
  /** `secure.yaml` beside the file, where there is one. A file that is named must be there. */
  readonly secureFile?: string;
  /** Where OS_CLIENT_CONFIG_FILE, OS_CLIENT_SECURE_FILE and HOME are looked up; `process.env`. */
  readonly env?: Environment;
}

const MEND = 'Write it as for the openstack command line: "clouds:", and below it an entry for each cloud by name.';

/** The entries of a clouds.yaml. One that is wrong is refused when it is asked for, so that it does not keep others from being used. */
export interface Clouds {
  keys(): readonly string[];
  /** `undefined` for a name that is not there. Throws `invalid-input` `clouds-file-…` naming file, cloud and field; never the value. */
  get(name: string): CloudConfig | undefined;
}

/**
 * Reads clouds.yaml and, where it stands beside it, secure.yaml, which adds to each cloud what should not lie in the other (passwords, secrets).
 * Throws `invalid-input` `clouds-file-…` when a file is unreadable, or no YAML with clouds.
 */
export function loadClouds(options: LoadCloudsOptions = {}): Clouds {
  const env = options.env ?? process.env;
  const file = options.file ?? findCloudsFile(env);
  const clouds = cloudsIn(file);
  const named = options.secureFile ?? (options.file ? undefined : env['OS_CLIENT_SECURE_FILE']);
  const beside = join(dirname(file), 'secure.yaml');
  const secure = named ? cloudsIn(named) : existsSync(beside) ? cloudsIn(beside) : {};
  const entries = new Map(Object.entries(clouds));
  return {
    keys: () => [...entries.keys()],
    get: (name) => (entries.has(name) ? configOf(file, name, merge(entries.get(name), secure[name]), env) : undefined),
  };
}

/** As OpenStack's own tools do: OS_CLIENT_CONFIG_FILE, ./clouds.yaml, ~/.config/openstack, /etc/openstack. */
export function findCloudsFile(env: Environment = process.env, folder = process.cwd()): string {
  if (env['OS_CLIENT_CONFIG_FILE']) return env['OS_CLIENT_CONFIG_FILE'];
  const folders = [folder, join(env['HOME'] ?? homedir(), '.config/openstack'), '/etc/openstack'];
  const found = folders.map((one) => join(one, 'clouds.yaml')).find((one) => existsSync(one));
  if (found) return found;
  throw invalidInput('clouds-file-missing', `There is no clouds.yaml in ${folders.join(', ')}.`, {
    mend: 'Write one there, or name it by OS_CLIENT_CONFIG_FILE.',
  });
}

function cloudsIn(file: string): Record<string, unknown> {
  const lines = new LineCounter();
  // Pretty errors quote the line, and that line may hold a password.
  const document = parseDocument(textOf(file), { prettyErrors: false, lineCounter: lines });
  const [mistake] = document.errors;
  if (mistake)
    throw invalidInput(
      'clouds-file-unreadable',
      `${file} is no YAML: line ${lines.linePos(mistake.pos[0]).line} (${mistake.code}).`,
      { mend: 'Correct indentation, quotes and brackets there.' },
    );
  const parsed = z.object({ clouds: z.record(z.string(), z.unknown()) }).safeParse(document.toJS());
  if (!parsed.success)
    throw invalidInput('clouds-file-malformed', `${file} has no "clouds:" with entries by name.`, { mend: MEND });
  return parsed.data.clouds;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw invalidInput('clouds-file-unreadable', `${file} cannot be read (${why}).`, { mend: MEND, cause });
  }
}

function merge(a: unknown, b: unknown): unknown {
  if (!isObject(a) || !isObject(b)) return b ?? a;
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, merge(a[key], b[key])]),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
