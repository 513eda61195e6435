import {
  CommitWindow,
  KeepForSeconds,
  ListRuns,
  Mappings,
  planOverrides,
  ReadLedger,
  ReadProgress,
  ReadReceipt,
  ReadRun,
  RequestCleanup,
  RequestDrill,
  RequestFailback,
  RequestFailover,
  RequestPlannedFailover,
  RequestReprotect,
  RequestSwitchTraffic,
  SteerAction,
  SteerRun,
} from '@lifeboat/contracts';
import type { OutputOf, Receipt, RunDetail, RunSummary } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

const common = { groupId: z.string(), reason: z.string().max(500) };
const RunBody = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('failover'),
      ...common,
      pointId: z.string().optional(),
      confirmPrimaryLost: z.boolean().default(false),
      commitWindow: CommitWindow.optional(),
      ...planOverrides,
      unfenced: z.literal(true).optional(),
    }),
    z.object({
      kind: z.literal('planned-failover'),
      ...common,
      commitWindow: CommitWindow.optional(),
      ...planOverrides,
    }),
    z.object({ kind: z.literal('reprotect'), ...common, mappings: Mappings.optional() }),
    z.object({ kind: z.literal('failback'), ...common, commitWindow: CommitWindow.optional(), ...planOverrides }),
    z.object({
      kind: z.literal('drill'),
      ...common,
      pointId: z.string().optional(),
      keepForSeconds: KeepForSeconds.optional(),
      ...planOverrides,
    }),
    z.object({ kind: z.literal('cleanup'), ...common, ofRunId: z.string() }),
    z.object({ kind: z.literal('switch-traffic'), ...common, ofRunId: z.string() }),
  ])
  .meta({ id: 'RunBody' });
const ActionBody = z.object({ action: SteerAction, by: z.string().max(100) }).meta({ id: 'ActionBody' });

@ApiTags('runs')
@Controller('v1/runs')
export class RunsController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ListRuns.summary })
  @ApiQuery({ name: 'groupId', required: false })
  @ApiQuery({ name: 'limit', required: false })
  list(@Query('groupId') groupId?: string, @Query('limit') limit?: string): Promise<{ runs: RunSummary[] }> {
    return this.asker.ask(ListRuns, { ...(groupId && { groupId }), ...(limit && { limit: Number(limit) }) });
  }

  @Get(':runId')
  @ApiOperation({ summary: ReadRun.summary })
  async read(@Param('runId') runId: string): Promise<RunDetail> {
    return (await this.asker.ask(ReadRun, { runId })).run;
  }

  @Put(':runId')
  @HttpCode(202)
  @ApiOperation({ summary: 'Ask for a run under an id chosen by the caller; asking twice starts one.' })
  start(
    @Param('runId') runId: string,
    @Body({ schema: RunBody }) body: z.infer<typeof RunBody>,
  ): Promise<{ runId: string }> {
    if (body.kind === 'cleanup')
      return this.asker.ask(RequestCleanup, {
        runId,
        groupId: body.groupId,
        ofRunId: body.ofRunId,
        reason: body.reason,
      });
    if (body.kind === 'switch-traffic') {
      const { kind: _kind, ...asked } = body;
      return this.asker.ask(RequestSwitchTraffic, { runId, ...asked });
    }
    if (body.kind === 'drill') {
      const { kind: _kind, ...asked } = body;
      return this.asker.ask(RequestDrill, { runId, ...asked });
    }
    if (body.kind === 'planned-failover') {
      const { kind: _kind, ...asked } = body;
      return this.asker.ask(RequestPlannedFailover, { runId, ...asked });
    }
    if (body.kind === 'reprotect') {
      const { kind: _kind, ...asked } = body;
      return this.asker.ask(RequestReprotect, { runId, ...asked });
    }
    if (body.kind === 'failback') {
      const { kind: _kind, ...asked } = body;
      return this.asker.ask(RequestFailback, { runId, ...asked });
    }
    const { kind: _kind, ...asked } = body;
    return this.asker.ask(RequestFailover, { runId, ...asked });
  }

  @Post(':runId/actions')
  @HttpCode(202)
  @ApiOperation({ summary: SteerRun.summary })
  steer(
    @Param('runId') runId: string,
    @Body({ schema: ActionBody }) body: z.infer<typeof ActionBody>,
  ): Promise<OutputOf<typeof SteerRun>> {
    return this.asker.ask(SteerRun, { runId, ...body });
  }

  @Get(':runId/progress')
  @ApiOperation({ summary: ReadProgress.summary })
  progress(@Param('runId') runId: string): Promise<OutputOf<typeof ReadProgress>> {
    return this.asker.ask(ReadProgress, { ownerId: runId });
  }

  @Get(':runId/receipt')
  @ApiOperation({ summary: ReadReceipt.summary })
  async receipt(@Param('runId') runId: string): Promise<Receipt> {
    return (await this.asker.ask(ReadReceipt, { runId })).receipt;
  }

  @Get(':runId/ledger')
  @ApiOperation({ summary: ReadLedger.summary })
  ledger(@Param('runId') runId: string): Promise<OutputOf<typeof ReadLedger>> {
    return this.asker.ask(ReadLedger, { runId });
  }
}
