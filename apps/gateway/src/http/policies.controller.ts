import { ListPolicies, Policy, PutPolicy } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

const PolicyBody = Policy.omit({ name: true }).meta({ id: 'PolicyBody' });

@ApiTags('policies')
@Controller('v1/policies')
export class PoliciesController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ListPolicies.summary })
  list(): Promise<{ policies: Policy[] }> {
    return this.asker.ask(ListPolicies, {});
  }

  @Put(':name')
  @ApiOperation({ summary: PutPolicy.summary })
  async put(@Param('name') name: string, @Body({ schema: PolicyBody }) body: Omit<Policy, 'name'>): Promise<Policy> {
    return (await this.asker.ask(PutPolicy, { policy: { ...body, name } })).policy;
  }
}
