import { ListPlans, ListPlanVersions, PutPlan, ReadPlan, RemovePlan, VerifyPlan } from '@lifeboat/contracts';
import type { OutputOf, PlanSummary, PlanVersion, PlanView } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SITE_MS } from './patience.ts';

const PlanBody = z.object({ text: z.string().max(64 * 1024), by: z.string().max(100) }).meta({ id: 'PlanBody' });

@ApiTags('plans')
@Controller('v1/plans')
export class PlansController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ListPlans.summary })
  list(): Promise<{ plans: PlanSummary[] }> {
    return this.asker.ask(ListPlans, {});
  }

  @Get(':name')
  @ApiOperation({ summary: ReadPlan.summary })
  @ApiQuery({ name: 'version', required: false })
  async read(@Param('name') name: string, @Query('version') version?: string): Promise<PlanView> {
    return (await this.asker.ask(ReadPlan, { name, ...(version && { version: Number(version) }) })).plan;
  }

  @Put(':name')
  @ApiOperation({ summary: PutPlan.summary })
  put(
    @Param('name') name: string,
    @Body({ schema: PlanBody }) body: z.infer<typeof PlanBody>,
  ): Promise<OutputOf<typeof PutPlan>> {
    return this.asker.ask(PutPlan, { name, ...body });
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: RemovePlan.summary })
  async remove(@Param('name') name: string): Promise<void> {
    await this.asker.ask(RemovePlan, { name });
  }

  @Get(':name/versions')
  @ApiOperation({ summary: ListPlanVersions.summary })
  versions(@Param('name') name: string): Promise<{ versions: PlanVersion[] }> {
    return this.asker.ask(ListPlanVersions, { name });
  }

  @Post(':name/verify')
  @HttpCode(200)
  @ApiOperation({ summary: VerifyPlan.summary })
  verify(@Param('name') name: string): Promise<OutputOf<typeof VerifyPlan>> {
    return this.asker.ask(VerifyPlan, { name }, { timeoutMs: SITE_MS });
  }
}
