import { invalidInput } from '@lifeboat/kernel';
import { SETTINGS } from '@lifeboat/service-kit';
import type { FactoryProvider } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** What plans may name and never say: programs, addresses with a password, keys. For the service's user alone. */
export const PlansFile = z.strictObject({
  /** A program by its full path, and its arguments; run without a shell. */
  commands: z.record(z.string(), z.tuple([z.string().startsWith('/')], z.string())).default({}),
  /** PostgreSQL on a server of a group; the plan says which. */
  databases: z
    .record(
      z.string(),
      z.strictObject({
        port: z.number().int().min(1).max(65_535).default(5_432),
        database: z.string().min(1),
        user: z.string().min(1),
        passwordFile: z.string().min(1).optional(),
        /** Over TLS alone, with a certificate that this one vouches for. */
        caFile: z.string().min(1).optional(),
        /** Passes when its first value is neither null, false nor 0. */
        query: z.string().min(1).default('select 1'),
      }),
    )
    .default({}),
  /** Files whose content, without blanks around it, signs webhooks. */
  secrets: z.record(z.string(), z.string().min(1)).default({}),
  /** That take dynamic updates (RFC 2136) of the zones that plans name. */
  dnsServers: z
    .record(
      z.string(),
      z.strictObject({
        host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, 'no name or address of a host'),
        port: z.number().int().min(1).max(65_535).default(53),
        /** Of a TSIG key, in the form of BIND (`tsig-keygen`): read by the programs that ask, never by us. */
        keyFile: z.string().startsWith('/').optional(),
      }),
    )
    .default({}),
  /** The folder of `dig` and `nsupdate`, where they are not in the system's path. */
  dnsPrograms: z.string().startsWith('/').optional(),
  /** Webhooks lead to addresses that begin so; anywhere without it. */
  webhooks: z.array(z.url({ protocol: /^https?$/ })).optional(),
});
export type PlansFile = z.infer<typeof PlansFile>;

/** Throws `invalid-input` `plans-file-malformed`. Without a path: a file that names nothing. */
export function readPlansFile(path: string | undefined): PlansFile {
  if (path === undefined) return PlansFile.parse({});
  const malformed = (why: string) =>
    invalidInput('plans-file-malformed', `The file ${path} of what plans may name cannot be used: ${why}`, {
      mend: 'Correct it, or the path in LIFEBOAT_PLANS_FILE.',
    });
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw malformed((thrown as Error).message);
  }
  const parsed = PlansFile.safeParse(raw ?? {});
  if (!parsed.success)
    throw malformed(parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('; '));
  return parsed.data;
}

/** Read once, at start; inject with `@Inject(PLANS_FILE)`. */
export const PLANS_FILE = Symbol('lifeboat-plans-file');
export const plansFileProvider: FactoryProvider<PlansFile> = {
  provide: PLANS_FILE,
  inject: [SETTINGS],
  useFactory: ({ LIFEBOAT_PLANS_FILE }: { readonly LIFEBOAT_PLANS_FILE?: string }) =>
    readPlansFile(LIFEBOAT_PLANS_FILE),
};
