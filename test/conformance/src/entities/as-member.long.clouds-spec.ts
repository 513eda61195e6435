import { entitiesOnRealClouds } from '../clouds/entities-on-real-clouds.ts';

entitiesOnRealClouds('member');
