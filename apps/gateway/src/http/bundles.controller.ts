import { CompilePlan, ExportBundle, ListBundles } from '@lifeboat/contracts';
import type { Bundle, OutputOf } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

const BundleBody = z.object({ to: z.string().max(500), pointId: z.string().optional() }).meta({ id: 'BundleBody' });

/** A large group asks a slow cloud much. */
const WITHIN_MS = 4 * 60_000;

@ApiTags('bundles')
@Controller('v1')
export class BundlesController {
  constructor(private readonly asker: Asker) {}

  @Post('groups/:groupId/bundles')
  @ApiOperation({ summary: ExportBundle.summary })
  async export(
    @Param('groupId') groupId: string,
    @Body({ schema: BundleBody }) { to, pointId }: z.infer<typeof BundleBody>,
  ): Promise<Bundle> {
    const question = { groupId, to, ...(pointId !== undefined && { pointId }) };
    return (await this.asker.ask(ExportBundle, question, { timeoutMs: WITHIN_MS })).bundle;
  }

  @Get('groups/:groupId/bundles')
  @ApiOperation({ summary: ListBundles.summary })
  list(@Param('groupId') groupId: string): Promise<OutputOf<typeof ListBundles>> {
    return this.asker.ask(ListBundles, { groupId });
  }

  @Get('plans/:name/calls')
  @ApiOperation({ summary: CompilePlan.summary })
  @ApiQuery({ name: 'version', required: false })
  compile(@Param('name') name: string, @Query('version') version?: string): Promise<OutputOf<typeof CompilePlan>> {
    return this.asker.ask(
      CompilePlan,
      { name, ...(version && { version: Number(version) }) },
      { timeoutMs: WITHIN_MS },
    );
  }
}
