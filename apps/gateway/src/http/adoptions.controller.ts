import { AdoptFrom, PreviewAdoption, RequestAdoption } from '@lifeboat/contracts';
import type { OutputOf } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Body, Controller, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

const PreviewBody = AdoptFrom.extend({ groupId: z.string().min(1).optional() }).meta({ id: 'AdoptionPreviewBody' });
const AdoptionBody = AdoptFrom.extend({ groupId: z.string().min(1), reason: z.string().min(1).max(500) }).meta({
  id: 'AdoptionBody',
});

/** Many bundles may stand there, and much at the recovery site. */
const WITHIN_MS = 5 * 60_000;

@ApiTags('adoptions')
@Controller('v1/adoptions')
export class AdoptionsController {
  constructor(private readonly asker: Asker) {}

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({ summary: PreviewAdoption.summary })
  preview(@Body({ schema: PreviewBody }) body: z.infer<typeof PreviewBody>): Promise<OutputOf<typeof PreviewAdoption>> {
    return this.asker.ask(PreviewAdoption, body, { timeoutMs: WITHIN_MS });
  }

  @Put(':runId')
  @HttpCode(202)
  @ApiOperation({ summary: RequestAdoption.summary })
  adopt(
    @Param('runId') runId: string,
    @Body({ schema: AdoptionBody }) body: z.infer<typeof AdoptionBody>,
  ): Promise<OutputOf<typeof RequestAdoption>> {
    return this.asker.ask(RequestAdoption, { runId, ...body }, { timeoutMs: WITHIN_MS });
  }
}
