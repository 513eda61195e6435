import { ListEvidence, ReadEvidence } from '@lifeboat/contracts';
import type { OutputOf } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { evidenceCsv } from '../evidence/evidence-csv.ts';
import { evidenceHtml } from '../evidence/evidence-html.ts';

interface Response {
  type(of: string): Response;
  send(body: string): void;
}

const FORMS = {
  json: { type: 'application/json', write: JSON.stringify },
  csv: { type: 'text/csv', write: evidenceCsv },
  html: { type: 'text/html', write: evidenceHtml },
} as const;

@ApiTags('evidence')
@Controller('v1')
export class EvidenceController {
  constructor(private readonly asker: Asker) {}

  @Get('evidence')
  @ApiOperation({ summary: ListEvidence.summary })
  @ApiQuery({ name: 'cursor', required: false })
  list(@Query('cursor') cursor?: string): Promise<OutputOf<typeof ListEvidence>> {
    return this.asker.ask(ListEvidence, { ...(cursor && { cursor: Number(cursor) }) });
  }

  @Get('runs/:runId/evidence')
  @ApiOperation({ summary: `${ReadEvidence.summary} As JSON, or as csv or html.` })
  @ApiQuery({ name: 'as', required: false, enum: Object.keys(FORMS) })
  async read(@Param('runId') runId: string, @Res() response: Response, @Query('as') as = 'json'): Promise<void> {
    const form = Object.hasOwn(FORMS, as) ? FORMS[as as keyof typeof FORMS] : undefined;
    if (!form)
      throw invalidInput('evidence-form-unknown', `There is no evidence as "${as}".`, {
        mend: `Ask for one of: ${Object.keys(FORMS).join(', ')}.`,
      });
    const { evidence } = await this.asker.ask(ReadEvidence, { runId });
    response.type(form.type).send(form.write(evidence));
  }
}
