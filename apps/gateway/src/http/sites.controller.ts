import { ListSites, PutSite, RemoveSite } from '@lifeboat/contracts';
import type { Site } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

@ApiTags('sites')
@Controller('v1/sites')
export class SitesController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ListSites.summary })
  list(): Promise<{ sites: Site[] }> {
    return this.asker.ask(ListSites, {});
  }

  @Put(':name')
  @ApiOperation({ summary: PutSite.summary })
  async put(@Param('name') name: string): Promise<Site> {
    return (await this.asker.ask(PutSite, { name }, { timeoutMs: 30_000 })).site;
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: RemoveSite.summary })
  async remove(@Param('name') name: string): Promise<void> {
    await this.asker.ask(RemoveSite, { name });
  }
}
