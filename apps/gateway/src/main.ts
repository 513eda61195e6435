import { runService } from '@lifeboat/service-kit';
import { z } from 'zod';
import { serveHttp } from './http/serve.ts';

await runService({
  name: 'gateway',
  context: 'protection',
  settings: { LIFEBOAT_GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(8480) },
  providers: [],
  main: serveHttp,
});
