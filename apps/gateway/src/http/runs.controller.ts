import {
  ApproveRun,
  ListRuns,
  PersonName,
  ReadLedger,
  ReadProgress,
  ReadReceipt,
  ReadRun,
  RefuseRun,
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
import type { OutputOf, Receipt, RunDetail, RunRequested, RunSummary } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { RunBody } from './run-body.ts';
import { listRuns, readRun, steerRun } from './runs-asked-for.ts';

const ActionBody = z.object({ action: SteerAction, by: z.string().max(100) }).meta({ id: 'ActionBody' });
const DecisionBody = z.object({ by: PersonName, reason: z.string().min(1).max(500) }).meta({ id: 'DecisionBody' });
type Decision = z.infer<typeof DecisionBody>;

const SHOWN = 50;

@ApiTags('runs')
@Controller('v1/runs')
export class RunsController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ListRuns.summary })
  @ApiQuery({ name: 'groupId', required: false })
  @ApiQuery({ name: 'limit', required: false })
  async list(@Query('groupId') groupId?: string, @Query('limit') limit?: string): Promise<{ runs: RunSummary[] }> {
    return { runs: await listRuns(this.asker, { ...(groupId && { groupId }), limit: Number(limit ?? SHOWN) }) };
  }

  @Get(':runId')
  @ApiOperation({ summary: ReadRun.summary })
  read(@Param('runId') runId: string): Promise<RunDetail> {
    return readRun(this.asker, runId);
  }

  @Put(':runId')
  @HttpCode(202)
  @ApiOperation({
    summary:
      'Ask for a run under an id chosen by the caller; asking twice starts one. It may have to be approved first.',
  })
  start(@Param('runId') runId: string, @Body({ schema: RunBody }) body: RunBody): Promise<RunRequested> {
    if (body.kind === 'cleanup') {
      const { kind: _kind, ...asked } = body;
      return this.asker.ask(RequestCleanup, { runId, ...asked });
    }
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
    return steerRun(this.asker, { runId, ...body });
  }

  @Post(':runId/approve')
  @HttpCode(202)
  @ApiOperation({ summary: ApproveRun.summary })
  approve(
    @Param('runId') runId: string,
    @Body({ schema: DecisionBody }) body: Decision,
  ): Promise<OutputOf<typeof ApproveRun>> {
    return this.asker.ask(ApproveRun, { runId, ...body });
  }

  @Post(':runId/refuse')
  @HttpCode(200)
  @ApiOperation({ summary: RefuseRun.summary })
  refuse(
    @Param('runId') runId: string,
    @Body({ schema: DecisionBody }) body: Decision,
  ): Promise<OutputOf<typeof RefuseRun>> {
    return this.asker.ask(RefuseRun, { runId, ...body });
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
