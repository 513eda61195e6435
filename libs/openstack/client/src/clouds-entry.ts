import { invalidInput } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { CloudConfig } from './cloud.ts';
import { closest } from './closest.ts';

/** YAML reads 1234 as a number and nothing as null: the first is meant as text, the second as left out. */
const Text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? undefined : String(value)));

const AUTH = {
  auth_url: Text,
  username: Text,
  password: Text,
  project_name: Text,
  project_id: Text,
  user_domain_name: Text,
  user_domain_id: Text,
  project_domain_name: Text,
  project_domain_id: Text,
  domain_name: Text,
  domain_id: Text,
  default_domain: Text,
  application_credential_id: Text,
  application_credential_secret: Text,
};
const Auth = z.strictObject(AUTH);

const ENTRY = {
  auth_type: Text,
  auth: z.record(z.string(), z.unknown()),
  region_name: Text,
  interface: z.string().optional(),
  cacert: Text,
  verify: z.boolean().optional(),
};
/** Loose: clouds.yaml has many more options for other tools, and names them freely (`<service>_api_version`). Only what looks like ours is refused. */
const Entry = z.looseObject(ENTRY);

type Refuse = (what: string, mend: string) => LifeboatError;

/** One entry as the client wants it; `invalid-input` for what is missing, misspelt or beyond us, and never with a value that may be secret. */
export function configOf(
  file: string,
  name: string,
  raw: unknown,
  env: Readonly<Record<string, string | undefined>>,
): CloudConfig {
  const refuse: Refuse = (what, mend) =>
    invalidInput('clouds-file-malformed', `${file}: cloud "${name}" ${what}.`, { mend });
  const entry = checked(Entry, raw, '', refuse);
  for (const key of Object.keys(entry)) {
    const meant = key in ENTRY ? undefined : closest(key, Object.keys(ENTRY));
    if (meant) throw refuse(`has "${key}", which is unknown`, `Write ${meant}.`);
  }
  const auth = checked(Auth, entry.auth, 'auth.', refuse);
  return {
    name,
    authUrl: authUrlOf(auth.auth_url, refuse),
    region: entry.region_name,
    interface: interfaceOf(entry.interface, refuse),
    auth: authOf(entry.auth_type, auth, refuse),
    caFile: entry.cacert && resolve(dirname(file), entry.cacert.replace(/^~(?=\/)/, env['HOME'] ?? homedir())),
    verify: entry.verify ?? true,
  };
}

function checked<T>(schema: z.ZodType<T>, raw: unknown, prefix: string, refuse: Refuse): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const meant = closest(key, Object.keys(AUTH));
    throw refuse(`has "${prefix}${key}", which is unknown here`, meant ? `Write ${meant}.` : 'Remove it.');
  }
  const field = issue?.path.join('.') ?? '';
  if (field === '') throw refuse('is no entry with fields', 'Give it auth, region_name and so on.');
  const wanted = issue && 'expected' in issue ? `a ${String(issue.expected)}` : 'text';
  throw refuse(`needs ${prefix}${field} to be ${wanted}`, `Correct ${prefix}${field}.`);
}

function authUrlOf(url: string | undefined, refuse: Refuse): string {
  if (!url)
    throw refuse('has no auth.auth_url', 'Add the address of its Keystone, as in https://cloud.example/identity/v3.');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw refuse('has an auth.auth_url that is no http address', 'Correct auth.auth_url.');
  if (/\/v2\.0\/*$/.test(url)) throw refuse('asks for Keystone v2.0 in auth.auth_url', 'Write /v3 instead.');
  return url.replace(/\/+$/, '').replace(/\/v3$/, '');
}

function interfaceOf(value: string | undefined, refuse: Refuse): CloudConfig['interface'] {
  const plain = (value ?? 'public').replace(/URL$/, '');
  if (plain === 'public' || plain === 'internal' || plain === 'admin') return plain;
  throw refuse('has an unknown interface', 'Write public, internal or admin.');
}

function authOf(type: string | undefined, auth: z.infer<typeof Auth>, refuse: Refuse): CloudConfig['auth'] {
  const needed = (field: keyof typeof AUTH): string => {
    const value = auth[field];
    if (value === undefined)
      throw refuse(`has no auth.${field}`, 'Add it, or put it into secure.yaml beside the file.');
    return value;
  };
  if (type === 'v3applicationcredential' || (!type && auth.application_credential_id))
    return {
      type: 'application-credential',
      id: needed('application_credential_id'),
      secret: needed('application_credential_secret'),
    };
  if (type && !['password', 'v3password'].includes(type))
    throw invalidInput('auth-type-unknown', refuse(`asks for auth_type "${type}"`, '').message, {
      mend: 'Use password or v3applicationcredential.',
    });
  const username = needed('username');
  const password = needed('password');
  const project = auth.project_id === undefined ? { name: needed('project_name') } : { id: auth.project_id };
  return {
    type: 'password',
    username,
    password,
    userDomain: domainOf(auth, 'user_domain', refuse),
    project: { ...project, domain: domainOf(auth, 'project_domain', refuse) },
  };
}

/** Keystone's first domain has the id `default` and the name `Default`, and most files name it by id. Others we know by name only. */
function domainOf(auth: z.infer<typeof Auth>, which: 'user_domain' | 'project_domain', refuse: Refuse): string {
  const name = auth[`${which}_name`] ?? auth.domain_name;
  if (name !== undefined) return name;
  const id = auth[`${which}_id`] ?? auth.domain_id ?? auth.default_domain ?? 'default';
  if (id === 'default') return 'Default';
  // A project given by its id needs no domain.
  if (which === 'project_domain' && auth.project_id !== undefined) return 'Default';
  throw refuse(`names its ${which} by an id`, `Write auth.${which}_name with the domain's name instead.`);
}
