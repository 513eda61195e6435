import { planSchema } from '../../libs/contracts/src/index.ts';

export const planSchemaReference = () => `${JSON.stringify(planSchema(), null, 2)}\n`;
