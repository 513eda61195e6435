import { defaultSettings, type SimulatorOptions } from '@lifeboat/openstack-simulator';
import { z } from 'zod';

const whole = (least: number) => z.coerce.number().int().min(least);
const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');

const SERVICES = ['dns', 'key-manager', 'load-balancer', 'orchestration'] as const;

const schema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  region: z.string().min(1).optional(),
  port: whole(0).max(65_535).optional(),
  dataDir: z.string().min(1).optional(),
  sharedDisks: flag.optional(),
  guestDevices: flag.optional(),
  backupDir: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  delayMs: whole(0).optional(),
  tokenSeconds: whole(1).optional(),
  gibBytes: whole(65_536).multipleOf(65_536).optional(),
  imageBytes: whole(65_536).optional(),
  guestEveryMs: whole(0).optional(),
  guestsHeld: flag.optional(),
  glanceStore: z.enum(['rbd', 'file']).optional(),
  evidenceDir: z.string().min(1).optional(),
  floatingPrefix: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .optional(),
  furtherServices: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(SERVICES)))
    .optional(),
  requestsPerSecond: whole(0).optional(),
  seed: flag.optional(),
  log: flag.optional(),
  cloudsYaml: flag.optional(),
});

/** Each setting's environment variable; the flag is the same in kebab-case: `--delay-ms 20`. */
export const variables: Readonly<Record<keyof typeof schema.shape, { readonly env: string; readonly says: string }>> = {
  name: { env: 'LIFEBOAT_SIM_NAME', says: `name of the cloud (${defaultSettings.name})` },
  region: { env: 'LIFEBOAT_SIM_REGION', says: `its region (${defaultSettings.region})` },
  port: { env: 'LIFEBOAT_SIM_PORT', says: 'port on 127.0.0.1; 0 takes a free one (0)' },
  dataDir: { env: 'LIFEBOAT_SIM_DATA_DIR', says: 'folder for the bytes of volumes and images (a temporary one)' },
  sharedDisks: {
    env: 'LIFEBOAT_SIM_SHARED_DISKS',
    says: 'whether others write the files of volumes too, past Cinder (false)',
  },
  guestDevices: {
    env: 'LIFEBOAT_SIM_GUEST_DEVICES',
    says: 'links to the bytes of attached volumes in <data dir>/guests/<server id>, as a guest sees them (false)',
  },
  backupDir: {
    env: 'LIFEBOAT_SIM_BACKUP_DIR',
    says: 'the backup store; give two clouds the same one (in the data folder)',
  },
  password: { env: 'LIFEBOAT_SIM_PASSWORD', says: 'password of the users admin and demo (lifeboat)' },
  delayMs: {
    env: 'LIFEBOAT_SIM_DELAY_MS',
    says: `how long an asynchronous change takes, ms (${defaultSettings.delayMs})`,
  },
  tokenSeconds: { env: 'LIFEBOAT_SIM_TOKEN_SECONDS', says: `lifetime of tokens (${defaultSettings.tokenSeconds})` },
  gibBytes: { env: 'LIFEBOAT_SIM_GIB_BYTES', says: `bytes behind one GiB of a volume (${defaultSettings.gibBytes})` },
  imageBytes: { env: 'LIFEBOAT_SIM_IMAGE_BYTES', says: `size of the image guest (${defaultSettings.imageBytes})` },
  guestEveryMs: {
    env: 'LIFEBOAT_SIM_GUEST_EVERY_MS',
    says: `how often guests write; 0 for never (${defaultSettings.guestEveryMs})`,
  },
  glanceStore: {
    env: 'LIFEBOAT_SIM_GLANCE_STORE',
    says: 'how Glance keeps bytes: rbd (no ranges, clones hold images) or file (rbd)',
  },
  guestsHeld: { env: 'LIFEBOAT_SIM_GUESTS_HELD', says: 'whether guests wait until they are released (false)' },
  evidenceDir: { env: 'LIFEBOAT_SIM_EVIDENCE_DIR', says: 'where the bytes of deleted snapshots stay (nowhere)' },
  floatingPrefix: {
    env: 'LIFEBOAT_SIM_FLOATING_PREFIX',
    says: `three octets of the floating range (${defaultSettings.floatingPrefix})`,
  },
  furtherServices: {
    env: 'LIFEBOAT_SIM_FURTHER_SERVICES',
    says: `which of ${SERVICES.join(',')} it offers, too (none)`,
  },
  requestsPerSecond: { env: 'LIFEBOAT_SIM_REQUESTS_PER_SECOND', says: 'rate limit of each service; 0 for none (0)' },
  seed: { env: 'LIFEBOAT_SIM_SEED', says: 'whether flavors, image and networks are there at start (true)' },
  log: { env: 'LIFEBOAT_SIM_LOG', says: 'one JSON line for each failure inside the simulator (true)' },
  cloudsYaml: { env: 'LIFEBOAT_SIM_CLOUDS_YAML', says: 'print a clouds.yaml for this cloud once it is ready (false)' },
};

const flagName = (key: string): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const usage = (): string =>
  [
    'Plays one OpenStack cloud on 127.0.0.1.',
    '',
    ...Object.entries(variables).map(([key, one]) => `  ${flagName(key).padEnd(24)}${one.env.padEnd(36)}${one.says}`),
    '',
  ].join('\n');

export interface SimulatorConfig {
  readonly options: SimulatorOptions;
  readonly log: boolean;
  readonly cloudsYaml: boolean;
}

function fromFlags(args: readonly string[]): Record<string, string> {
  const keys = new Map(Object.keys(variables).map((key) => [flagName(key), key]));
  const given: Record<string, string> = {};
  for (let index = 0; index < args.length; index += 1) {
    const [name = '', inline] = (args[index] ?? '').split(/=(.*)/s, 2);
    const key = keys.get(name);
    if (key === undefined) throw new Error(`Unknown flag ${name}. Known: ${[...keys.keys()].join(' ')}`);
    const following = args[index + 1];
    if (inline !== undefined) given[key] = inline;
    else if (following === undefined || following.startsWith('--')) given[key] = 'true';
    else {
      given[key] = following;
      index += 1;
    }
  }
  return given;
}

/** Flags win over the environment. Throws with every mistake named and the variable that holds it. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): SimulatorConfig {
  const fromEnv = Object.fromEntries(
    Object.entries(variables)
      .map(([key, { env: name }]) => [key, env[name]])
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse({ ...fromEnv, ...fromFlags(args) });
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map((issue) => {
      const key = String(issue.path[0] ?? '') as keyof typeof variables;
      return `  ${variables[key]?.env ?? key} (${flagName(key)}): ${issue.message}`;
    });
    throw new Error(`The simulator's configuration is wrong:\n${mistakes.join('\n')}`);
  }
  const { log = true, cloudsYaml = false, ...options } = parsed.data;
  return {
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    log,
    cloudsYaml,
  };
}
