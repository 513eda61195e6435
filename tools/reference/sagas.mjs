import { sagas } from '@lifeboat/saga-definitions';
import { referenceOf } from '../../libs/saga/definitions/src/sagas-reference.ts';

export const sagasReference = () => referenceOf(sagas);
