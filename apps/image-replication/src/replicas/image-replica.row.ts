import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One image's bytes at one site, whatever images at other sites have them. */
@Entity({ name: 'image_replica' })
export class ImageReplicaRow {
  @PrimaryColumn('text')
  site!: string;

  @PrimaryColumn('text')
  hash!: string;

  @Column('text', { name: 'hash_algo' })
  hashAlgo!: string;

  /** The intent: stored before the image is created. */
  @Column('text', { name: 'target_id' })
  targetId!: string;

  /** Glance never gives a deleted id out again, so starting over needs a new one. */
  @Column('integer')
  attempt!: number;

  @Column('text')
  state!: 'copying' | 'active';

  @Column('bigint', { name: 'size_bytes', transformer: { from: Number, to: String } })
  sizeBytes!: number;

  /** Made by us, so removed by us; an image that stood there already is left alone. */
  @Column('boolean')
  owned!: boolean;
}

/** A point needs a replica. */
@Entity({ name: 'point_image' })
export class PointImageRow {
  @PrimaryColumn('text', { name: 'point_id' })
  pointId!: string;

  @PrimaryColumn('text', { name: 'source_id' })
  sourceId!: string;

  @Column('text')
  site!: string;

  @Column('text')
  hash!: string;

  /** Nothing was copied for this point: the replica stood already. */
  @Column('boolean')
  reused!: boolean;
}
