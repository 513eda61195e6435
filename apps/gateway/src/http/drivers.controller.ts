import { ListDrivers } from '@lifeboat/contracts';
import type { DriverSummary } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

@ApiTags('drivers')
@Controller('v1/drivers')
export class DriversController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ListDrivers.summary })
  list(): Promise<{ drivers: DriverSummary[] }> {
    return this.asker.ask(ListDrivers, {});
  }
}
