import { ReadLag } from '@lifeboat/contracts';
import type { OutputOf } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

@ApiTags('data')
@Controller('v1')
export class LagController {
  constructor(private readonly asker: Asker) {}

  @Get('groups/:groupId/lag')
  @ApiOperation({ summary: ReadLag.summary })
  lag(@Param('groupId') groupId: string): Promise<OutputOf<typeof ReadLag>> {
    return this.asker.ask(ReadLag, { groupId });
  }
}
