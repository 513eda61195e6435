import {
  GroupInput,
  ListGroups,
  ListPoints,
  Mappings,
  Members,
  PauseGroup,
  PreviewGroup,
  PreviewReprotect,
  PutGroup,
  ReadGroup,
  ReadReadiness,
  RemoveGroup,
  RequestPoint,
  ResumeGroup,
  SiteName,
} from '@lifeboat/contracts';
import type { Group, OutputOf, Point, Readiness } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SITE_MS } from './patience.ts';

const GroupBody = GroupInput.omit({ groupId: true })
  .extend({ endsApproval: z.literal(true).optional() })
  .meta({ id: 'GroupBody' });
const PreviewBody = z.object({ site: SiteName, members: Members }).meta({ id: 'PreviewBody' });
const ReprotectBody = z.object({ mappings: Mappings.optional() }).meta({ id: 'ReprotectBody' });
const PauseBody = z.object({ reason: z.string().max(500) }).meta({ id: 'PauseBody' });
const PointBody = z.object({ reason: z.string().max(500) }).meta({ id: 'PointBody' });

@ApiTags('groups')
@Controller('v1/groups')
export class GroupsController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ListGroups.summary })
  list(): Promise<{ groups: Group[] }> {
    return this.asker.ask(ListGroups, {});
  }

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({ summary: PreviewGroup.summary })
  preview(@Body({ schema: PreviewBody }) body: z.infer<typeof PreviewBody>): Promise<OutputOf<typeof PreviewGroup>> {
    return this.asker.ask(PreviewGroup, body, { timeoutMs: SITE_MS });
  }

  @Get(':groupId')
  @ApiOperation({ summary: ReadGroup.summary })
  async read(@Param('groupId') groupId: string): Promise<Group> {
    return (await this.asker.ask(ReadGroup, { groupId })).group;
  }

  @Put(':groupId')
  @ApiOperation({ summary: PutGroup.summary })
  async put(
    @Param('groupId') groupId: string,
    @Body({ schema: GroupBody }) { endsApproval, ...body }: z.infer<typeof GroupBody>,
  ): Promise<Group> {
    const asked = { group: { ...body, groupId }, ...(endsApproval && { endsApproval }) };
    return (await this.asker.ask(PutGroup, asked, { timeoutMs: SITE_MS })).group;
  }

  @Delete(':groupId')
  @HttpCode(204)
  @ApiOperation({ summary: RemoveGroup.summary })
  async remove(@Param('groupId') groupId: string): Promise<void> {
    await this.asker.ask(RemoveGroup, { groupId });
  }

  @Put(':groupId/pause')
  @ApiOperation({ summary: PauseGroup.summary })
  async pause(
    @Param('groupId') groupId: string,
    @Body({ schema: PauseBody }) body: z.infer<typeof PauseBody>,
  ): Promise<Group> {
    return (await this.asker.ask(PauseGroup, { groupId, reason: body.reason })).group;
  }

  @Delete(':groupId/pause')
  @ApiOperation({ summary: ResumeGroup.summary })
  async resume(@Param('groupId') groupId: string): Promise<Group> {
    return (await this.asker.ask(ResumeGroup, { groupId })).group;
  }

  @Get(':groupId/readiness')
  @ApiOperation({ summary: ReadReadiness.summary })
  async readiness(@Param('groupId') groupId: string): Promise<Readiness> {
    return (await this.asker.ask(ReadReadiness, { groupId }, { timeoutMs: SITE_MS })).readiness;
  }

  @Post(':groupId/readiness')
  @HttpCode(200)
  @ApiOperation({ summary: 'Check now whether a group could be failed over.' })
  async checkReadiness(@Param('groupId') groupId: string): Promise<Readiness> {
    return (await this.asker.ask(ReadReadiness, { groupId, now: true }, { timeoutMs: SITE_MS })).readiness;
  }

  @Post(':groupId/reprotect-preview')
  @HttpCode(200)
  @ApiOperation({ summary: PreviewReprotect.summary })
  previewReprotect(
    @Param('groupId') groupId: string,
    @Body({ schema: ReprotectBody }) { mappings }: z.infer<typeof ReprotectBody>,
  ): Promise<OutputOf<typeof PreviewReprotect>> {
    return this.asker.ask(PreviewReprotect, { groupId, ...(mappings && { mappings }) }, { timeoutMs: SITE_MS });
  }

  @Get(':groupId/points')
  @ApiOperation({ summary: ListPoints.summary })
  points(@Param('groupId') groupId: string): Promise<{ points: Point[] }> {
    return this.asker.ask(ListPoints, { groupId });
  }

  @Put(':groupId/points/:pointId')
  @HttpCode(202)
  @ApiOperation({ summary: RequestPoint.summary })
  requestPoint(
    @Param('groupId') groupId: string,
    @Param('pointId') pointId: string,
    @Body({ schema: PointBody }) body: z.infer<typeof PointBody>,
  ): Promise<{ runId: string }> {
    return this.asker.ask(RequestPoint, { groupId, pointId, reason: body.reason });
  }
}
