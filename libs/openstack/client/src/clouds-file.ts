import { invalidInput } from '@lifeboat/kernel';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CloudConfig } from './cloud.ts';

const Auth = z.looseObject({
  auth_url: z.string(),
  username: z.string().optional(),
  password: z.coerce.string().optional(),
  project_name: z.string().optional(),
  project_id: z.string().optional(),
  user_domain_name: z.string().optional(),
  project_domain_name: z.string().optional(),
  domain_name: z.string().optional(),
  application_credential_id: z.string().optional(),
  application_credential_secret: z.string().optional(),
});

const Entry = z.looseObject({
  auth_type: z.string().optional(),
  auth: Auth,
  region_name: z.string().optional(),
  interface: z.enum(['public', 'internal', 'admin']).optional(),
  cacert: z.string().optional(),
  verify: z.boolean().optional(),
});

/**
 * Reads clouds.yaml and, where it stands beside it, secure.yaml, which adds to each cloud what should not lie in the other (passwords, secrets).
 * Throws `invalid-input` `clouds-file-…` naming file, cloud and field; never the value.
 */
export function loadClouds(options: { readonly file: string; readonly secureFile?: string }): Map<string, CloudConfig> {
  const secureFile = options.secureFile ?? join(dirname(options.file), 'secure.yaml');
  const clouds = cloudsIn(options.file);
  const secure = existsSync(secureFile) ? cloudsIn(secureFile) : {};
  return new Map(
    Object.entries(clouds).map(([name, entry]) => [name, configOf(options.file, name, merge(entry, secure[name]))]),
  );
}

function cloudsIn(file: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw invalidInput('clouds-file-unreadable', `${file} cannot be read as YAML.`, {
      mend: 'Write a clouds.yaml as for the openstack command line.',
      cause,
    });
  }
  const parsed = z.object({ clouds: z.record(z.string(), z.unknown()) }).safeParse(document);
  if (!parsed.success)
    throw invalidInput('clouds-file-malformed', `${file} has no "clouds:" with entries by name.`, {
      mend: 'Write a clouds.yaml as for the openstack command line.',
    });
  return parsed.data.clouds;
}

function merge(a: unknown, b: unknown): unknown {
  if (!isObject(a) || !isObject(b)) return b ?? a;
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, merge(a[key], b[key])]),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function configOf(file: string, name: string, raw: unknown): CloudConfig {
  const parsed = Entry.safeParse(raw);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw invalidInput('clouds-file-malformed', `${file}: cloud "${name}" lacks or misspells ${fields}.`, {
      mend: 'Correct these fields.',
    });
  }
  const entry = parsed.data;
  return {
    name,
    authUrl: entry.auth.auth_url.replace(/\/+$/, '').replace(/\/v3$/, ''),
    region: entry.region_name,
    interface: entry.interface ?? 'public',
    auth: authOf(file, name, entry),
    caFile: entry.cacert,
    verify: entry.verify ?? true,
  };
}

function authOf(file: string, name: string, { auth, auth_type }: z.infer<typeof Entry>): CloudConfig['auth'] {
  const missing = (field: string) =>
    invalidInput('clouds-file-malformed', `${file}: cloud "${name}" has no auth.${field}.`, {
      mend: `Add it, or put it into secure.yaml beside the file.`,
    });
  if (auth_type === 'v3applicationcredential' || auth.application_credential_id) {
    if (!auth.application_credential_id) throw missing('application_credential_id');
    if (!auth.application_credential_secret) throw missing('application_credential_secret');
    return {
      type: 'application-credential',
      id: auth.application_credential_id,
      secret: auth.application_credential_secret,
    };
  }
  if (auth_type && !['password', 'v3password'].includes(auth_type))
    throw invalidInput('auth-type-unknown', `${file}: cloud "${name}" asks for auth_type "${auth_type}".`, {
      mend: 'Use password or v3applicationcredential.',
    });
  if (!auth.username) throw missing('username');
  if (auth.password === undefined) throw missing('password');
  if (!auth.project_name && !auth.project_id) throw missing('project_name');
  const domain = auth.project_domain_name ?? auth.domain_name ?? 'Default';
  return {
    type: 'password',
    username: auth.username,
    password: auth.password,
    userDomain: auth.user_domain_name ?? auth.domain_name ?? 'Default',
    project: {
      ...(auth.project_name && { name: auth.project_name }),
      ...(auth.project_id && { id: auth.project_id }),
      domain,
    },
  };
}
