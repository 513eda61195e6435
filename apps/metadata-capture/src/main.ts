import { runService } from '@lifeboat/service-kit';
import { CaptureGroupHandler } from './capture/capture-group.handler.ts';
import { ForgetCaptureHandler } from './capture/forget-capture.handler.ts';
import { Looker } from './capture/look.ts';
import { PreviewGroupHandler } from './capture/preview-group.handler.ts';
import { ReadTopologyHandler } from './capture/read-topology.handler.ts';
import { MetadataCapture1790000000004 } from './migrations/0001-metadata-capture.ts';

await runService({
  name: 'metadata-capture',
  context: 'capture',
  database: { schema: 'capture', entities: [], migrations: [MetadataCapture1790000000004] },
  needs: { clouds: true, secrets: true },
  providers: [Looker, CaptureGroupHandler, ForgetCaptureHandler, ReadTopologyHandler, PreviewGroupHandler],
});
