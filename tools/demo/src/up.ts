import { PROJECT_ROOT, startStack } from '@lifeboat/testing';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { simulatedArena } from './simulated-arena.ts';

const GATEWAY_PORT = 8480;

/** `npm run up`: every service, and two simulated clouds unless LIFEBOAT_CLOUDS_FILE names others, until Ctrl-C. */
const {
  LIFEBOAT_DATABASE_URL: databaseUrl = '',
  LIFEBOAT_NATS_URL: natsUrl = '',
  LIFEBOAT_CLOUDS_FILE: named,
} = process.env;
const dir = join(PROJECT_ROOT, '.lifeboat', 'up');
mkdirSync(dir, { recursive: true });
const arena = named ? undefined : await simulatedArena(dir, 'admin');
const cloudsFile = named ?? arena?.cloudsFile ?? '';
const stack = await startStack(
  { databaseUrl, natsUrl, cloudsFile, dir, traces: true, gatewayPort: GATEWAY_PORT, ...(arena && { env: arena.env }) },
  (what) => process.stderr.write(`${what}\n`),
);
process.stderr.write(
  `\nGateway ${stack.gatewayUrl} (npm run lifeboat -- site list), OpenAPI ${stack.gatewayUrl}/openapi.json\nClouds ${cloudsFile}${arena ? ' (sites alpha and beta)' : ''}\nLogs ${join(dir, 'logs')}, traces ${stack.tracesDir}\nCtrl-C ends it all.\n`,
);
await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve()));
await stack.stop();
await arena?.close();
process.exit(0);
