import { ListPolicies, PersonName, Policy, PutPolicy } from '@lifeboat/contracts';
import type { OutputOf } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

const PolicyBody = Policy.omit({ name: true })
  .extend({ by: PersonName.optional(), endsApproval: z.literal(true).optional() })
  .meta({ id: 'PolicyBody' });

@ApiTags('policies')
@Controller('v1/policies')
export class PoliciesController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ListPolicies.summary })
  list(): Promise<OutputOf<typeof ListPolicies>> {
    return this.asker.ask(ListPolicies, {});
  }

  @Put(':name')
  @ApiOperation({ summary: PutPolicy.summary })
  async put(
    @Param('name') name: string,
    @Body({ schema: PolicyBody }) { by, endsApproval, ...policy }: z.infer<typeof PolicyBody>,
  ): Promise<Policy> {
    const said = { ...(by !== undefined && { by }), ...(endsApproval && { endsApproval }) };
    return (await this.asker.ask(PutPolicy, { policy: { ...policy, name }, ...said })).policy;
  }
}
