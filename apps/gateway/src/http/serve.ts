import { invalidInput } from '@lifeboat/kernel';
import { Asker, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createSchema } from 'zod-openapi';
import { EventsController } from '../live/events.controller.ts';
import { AdoptionsController } from './adoptions.controller.ts';
import { BundlesController } from './bundles.controller.ts';
import { DeadLettersController } from './dead-letters.controller.ts';
import { DisksController } from './disks.controller.ts';
import { DriversController } from './drivers.controller.ts';
import { EvidenceController } from './evidence.controller.ts';
import { GroupsController } from './groups.controller.ts';
import { LagController } from './lag.controller.ts';
import { MetadataController } from './metadata.controller.ts';
import { PlansController } from './plans.controller.ts';
import { PointsController } from './points.controller.ts';
import { PoliciesController } from './policies.controller.ts';
import { ProblemFilter } from './problem.filter.ts';
import { RunsController } from './runs.controller.ts';
import { SitesController } from './sites.controller.ts';
import { traceRequests } from './trace.middleware.ts';

@Module({})
class HttpModule {}

const moduleWith = (asker: Asker): DynamicModule => ({
  module: HttpModule,
  controllers: [
    SitesController,
    PoliciesController,
    GroupsController,
    PlansController,
    BundlesController,
    AdoptionsController,
    DisksController,
    PointsController,
    RunsController,
    EvidenceController,
    MetadataController,
    LagController,
    DriversController,
    DeadLettersController,
    EventsController,
  ],
  providers: [{ provide: Asker, useValue: asker }],
});

/** The REST API and its description; whoever has it lets it listen. */
export async function appOf(asker: Asker, log: Logger): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(moduleWith(asker), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  app.use(traceRequests);
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(
    new StandardSchemaValidationPipe({
      exceptionFactory: (issues) =>
        invalidInput(
          'request-malformed',
          issues
            .map(
              (i) =>
                `${i.path?.map((p) => String(typeof p === 'object' ? p.key : p)).join('.') || '(all)'}: ${i.message}`,
            )
            .join('; '),
          { mend: 'Correct these fields.' },
        ),
    }),
  );
  const openApi = openApiOf(app);
  app
    .getHttpAdapter()
    .get('/openapi.json', (_request: unknown, response: { json(body: unknown): void }) => response.json(openApi));
  return app;
}

/** Serves the REST API on loopback until aborted: it has no authentication yet. */
export async function serveHttp(service: INestApplicationContext, signal: AbortSignal): Promise<void> {
  const log = service.get<Logger>(LOGGER);
  const { LIFEBOAT_GATEWAY_PORT: port } = service.get<{ LIFEBOAT_GATEWAY_PORT: number }>(SETTINGS);
  const app = await appOf(service.get(Asker), log);
  await app.listen(port, '127.0.0.1');
  log.info({ url: await app.getUrl() }, 'listening, on loopback only');
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  app.getHttpServer().closeAllConnections();
  await app.close();
}

export function openApiOf(app: NestExpressApplication): object {
  const config = new DocumentBuilder()
    .setTitle('Lifeboat')
    .setDescription('Disaster recovery for OpenStack.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .build();
  return SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema: never, { schemaType }: { schemaType: 'input' | 'output' }) =>
      createSchema(schema, { io: schemaType, openapiVersion: '3.1.0' }) as never,
  } as never);
}
