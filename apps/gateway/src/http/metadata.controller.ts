import {
  AdmitMember,
  DiffTopology,
  Instant,
  ReadAftershocks,
  ReadGroupMetadata,
  ReadHistory,
  ReadTopology,
  ReleaseMember,
} from '@lifeboat/contracts';
import type { GroupMetadata, OutputOf } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';

const WHEN = 'a moment (2026-01-31T12:00:00Z), or "point:" and the id of a recovery point';

/** `2026-01-31T12:00:00Z` or `point:ID`; without one it is now. */
function instantOf(name: string, text: string | undefined): Instant {
  if (text === undefined || text === '') return { at: new Date().toISOString() };
  const parsed = Instant.safeParse(text.startsWith('point:') ? { pointId: text.slice('point:'.length) } : { at: text });
  if (parsed.success) return parsed.data;
  throw invalidInput('instant-malformed', `"${text}" is no ${name}.`, { mend: `Give ${WHEN}.` });
}

const cursorOf = (text: string | undefined): { cursor?: number } => {
  if (text === undefined || text === '') return {};
  if (/^\d+$/.test(text)) return { cursor: Number(text) };
  throw invalidInput('cursor-malformed', `"${text}" is no cursor.`, {
    mend: 'Give what the page before named as next.',
  });
};

/** Metadata over time. Secrets appear as "(sealed)". */
@ApiTags('metadata')
@Controller('v1')
export class MetadataController {
  constructor(private readonly asker: Asker) {}

  @Get('groups/:groupId/metadata')
  @ApiOperation({ summary: ReadGroupMetadata.summary })
  async group(@Param('groupId') groupId: string): Promise<GroupMetadata> {
    return (await this.asker.ask(ReadGroupMetadata, { groupId })).metadata;
  }

  @Get('groups/:groupId/topology')
  @ApiOperation({ summary: ReadTopology.summary })
  @ApiQuery({ name: 'when', required: false, description: WHEN })
  @ApiQuery({ name: 'cursor', required: false })
  topology(
    @Param('groupId') groupId: string,
    @Query('when') when?: string,
    @Query('cursor') cursor?: string,
  ): Promise<OutputOf<typeof ReadTopology>> {
    return this.asker.ask(ReadTopology, { asOf: { groupId, when: instantOf('moment', when) }, ...cursorOf(cursor) });
  }

  @Get('groups/:groupId/aftershocks')
  @ApiOperation({ summary: ReadAftershocks.summary })
  @ApiQuery({ name: 'when', required: false, description: WHEN })
  @ApiQuery({ name: 'cursor', required: false })
  aftershocks(
    @Param('groupId') groupId: string,
    @Query('when') when?: string,
    @Query('cursor') cursor?: string,
  ): Promise<OutputOf<typeof ReadAftershocks>> {
    return this.asker.ask(ReadAftershocks, { groupId, when: instantOf('moment', when), ...cursorOf(cursor) });
  }

  @Get('groups/:groupId/changes')
  @ApiOperation({ summary: DiffTopology.summary })
  @ApiQuery({ name: 'from', required: true, description: WHEN })
  @ApiQuery({ name: 'to', required: false, description: `${WHEN}; now, without one` })
  @ApiQuery({ name: 'cursor', required: false })
  changes(
    @Param('groupId') groupId: string,
    @Query('from') from?: string,
    @Query('to') to?: string,
    @Query('cursor') cursor?: string,
  ): Promise<OutputOf<typeof DiffTopology>> {
    if (!from) throw invalidInput('instant-missing', 'Since when is not said.', { mend: `Give from: ${WHEN}.` });
    return this.asker.ask(DiffTopology, {
      groupId,
      from: instantOf('moment', from),
      to: instantOf('moment', to),
      ...cursorOf(cursor),
    });
  }

  @Get('entities/:kind/:id/history')
  @ApiOperation({ summary: ReadHistory.summary })
  @ApiQuery({ name: 'site', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  history(
    @Param('kind') kind: string,
    @Param('id') id: string,
    @Query('site') site?: string,
    @Query('cursor') cursor?: string,
  ): Promise<OutputOf<typeof ReadHistory>> {
    return this.asker.ask(ReadHistory, { kind, id, ...(site && { site }), ...cursorOf(cursor) });
  }

  @Delete('groups/:groupId/members/:kind/:id')
  @HttpCode(204)
  @ApiOperation({ summary: ReleaseMember.summary })
  async release(
    @Param('groupId') groupId: string,
    @Param('kind') kind: string,
    @Param('id') id: string,
  ): Promise<void> {
    await this.asker.ask(ReleaseMember, { groupId, kind, id });
  }

  @Put('groups/:groupId/members/:kind/:id')
  @HttpCode(204)
  @ApiOperation({ summary: AdmitMember.summary })
  async admit(@Param('groupId') groupId: string, @Param('kind') kind: string, @Param('id') id: string): Promise<void> {
    await this.asker.ask(AdmitMember, { groupId, kind, id });
  }
}
