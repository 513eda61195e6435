import { z } from 'zod';

const url = (what: string, scheme: RegExp) =>
  z.string({ error: `is missing: the address of ${what}` }).regex(scheme, `is no address of ${what}`);
const port = z.coerce.number().int().min(0).max(65_535);

/** What every service is told, by `LIFEBOAT_*`. */
export const commonSettings = {
  LIFEBOAT_NATS_URL: url('NATS, nats://host:port', /^(nats|tls):\/\//),
  LIFEBOAT_NATS_MONITOR_URL: z.string().optional(),
  LIFEBOAT_HEALTH_PORT: port.default(0),
  LIFEBOAT_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
};
export const databaseSettings = {
  LIFEBOAT_DATABASE_URL: url('PostgreSQL, postgres://user@host:port/database', /^postgres(ql)?:\/\//),
};
export const cloudsSettings = { LIFEBOAT_CLOUDS_FILE: z.string({ error: 'is missing: the path of clouds.yaml' }) };
export const secretSettings = {
  LIFEBOAT_SECRET_KEY: z
    .string({ error: 'is missing: a random text of 32 characters or more' })
    .min(16, 'is shorter than 16 characters'),
};

const EX_CONFIG = 78;

/** Parses the environment, or says everything that is wrong with it at once and ends the process with EX_CONFIG. Never prints a value. */
export function readSettings<S extends z.ZodRawShape>(
  service: string,
  shape: S,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<S>> {
  const parsed = z.object(shape).safeParse(env);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    process.stderr.write(`${service}: ${issue.path.join('.')} ${issue.message}\n`);
  process.stderr.write(`${service}: not started. Correct these settings; docs/reference/settings.md lists them all.\n`);
  process.exit(EX_CONFIG);
}
