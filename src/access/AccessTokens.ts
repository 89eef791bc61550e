import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { MediaSource, Permissions } from '../protocol/models.ts';
import { attributesSchema } from '../protocol/requests.ts';
import { forbidden, unauthorized } from '../support/errors.ts';
import { ReturnProofs } from './ReturnProofs.ts';

/** As much of a name as `join` allows. */
const FITTING_NAME = /^.{0,64}/su;
/** s by which the clocks of the token's maker and of this server may differ. */
const CLOCK_TOLERANCE = 60;

const SOURCES: ReadonlyMap<string, MediaSource> = new Map([
  ['camera', 'camera'],
  ['microphone', 'microphone'],
  ['screen_share', 'screen'],
  ['screen_share_audio', 'screenAudio'],
]);

/** The claims of LiveKit's access token that Parley knows; others are left alone. */
const claimsSchema = z.object({
  sub: z.string().min(1).max(256).optional(),
  // Names come from directories: what does not fit is cut, not refused.
  name: z
    .string()
    .transform((name) => FITTING_NAME.exec(name.replace(/\p{Cc}+/gu, ' ').trim())?.[0] ?? '')
    .optional(),
  metadata: z.string().max(4096).optional(),
  attributes: attributesSchema.optional(),
  exp: z.number(),
  video: z
    .object({
      roomJoin: z.boolean().optional(),
      room: z.string().optional(),
      roomCreate: z.boolean().optional(),
      roomList: z.boolean().optional(),
      destinationRoom: z.string().optional(),
      roomAdmin: z.boolean().optional(),
      roomRecord: z.boolean().optional(),
      canPublish: z.boolean().optional(),
      canSubscribe: z.boolean().optional(),
      canPublishData: z.boolean().optional(),
      canPublishSources: z.array(z.string()).optional(),
      canUpdateOwnMetadata: z.boolean().optional(),
      hidden: z.boolean().optional(),
      recorder: z.boolean().optional(),
    })
    .optional(),
});

type VideoGrant = NonNullable<z.infer<typeof claimsSchema>['video']>;

/** What a token says of its bearer. */
export interface Grant {
  identity?: string;
  name?: string;
  metadata?: string;
  attributes?: Record<string, string>;
  permissions: Permissions;
  /** s since the epoch after which it holds no more; absent for what no token said. */
  expiresAt?: number;
}

export interface AccessTokensOptions {
  apiKey: string;
  apiSecret: string;
  /** Let peers in without a token; one that is presented is verified all the same. */
  open: boolean;
}

/** What everybody may do in an open room. Nobody is its admin. */
const OPEN_PERMISSIONS: Permissions = {
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  canUpdateOwnMetadata: true,
  roomAdmin: false,
};

/** Verifies access tokens: JWT, HS256, in LiveKit's shape (`iss` = API key, `video` = grants). */
export class AccessTokens {
  /** By which somebody without an identity shows who it was. */
  readonly proofs: ReturnProofs;
  readonly #apiKey: string;
  readonly #secret: Uint8Array;
  readonly #open: boolean;

  constructor(options: AccessTokensOptions) {
    this.#apiKey = options.apiKey;
    this.#secret = new TextEncoder().encode(options.apiSecret);
    this.#open = options.open;
    this.proofs = new ReturnProofs(options.apiSecret);
  }

  /**
   * What the bearer may do in a room.
   *
   * @throws ParleyError `unauthorized` for a missing or bad token, `forbidden` for one that does not let its
   * bearer into this room.
   */
  async grantFor(room: string, token: string | undefined): Promise<Grant> {
    if (token === undefined) {
      if (!this.#open) throw unauthorized('this server lets nobody in without a token');
      return { permissions: OPEN_PERMISSIONS };
    }
    const { sub, name, metadata, attributes, video, exp } = await this.#verify(token);
    if (!video?.roomJoin) throw forbidden('the token does not let its bearer join rooms');
    assertRoom(video, room);
    return {
      ...(sub === undefined ? {} : { identity: sub }),
      ...(name ? { name } : {}),
      ...(metadata === undefined ? {} : { metadata }),
      ...(attributes === undefined ? {} : { attributes }),
      permissions: permissionsOf(video),
      expiresAt: exp,
    };
  }

  /** A token with which its bearer gets this grant in this room. @param seconds For which it holds. */
  async issue(
    room: string,
    { identity, name, metadata, attributes, permissions }: Grant,
    seconds: number,
  ): Promise<string> {
    const claims = {
      name,
      metadata,
      attributes,
      video: { roomJoin: true, room, ...videoGrantOf(permissions) },
    };
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(this.#apiKey)
      .setExpirationTime(Math.ceil(Date.now() / 1000 + seconds));
    if (identity !== undefined) token.setSubject(identity);
    return token.sign(this.#secret);
  }

  /** Whether the bearer may make and end rooms. @throws ParleyError as `assertServerAdmin`. */
  async assertRoomCreate(token: string | undefined): Promise<void> {
    const { roomCreate } = await this.#api(token);
    if (!roomCreate) throw forbidden('the token does not grant roomCreate');
  }

  /** Whether the bearer may see which rooms there are. @throws ParleyError as `assertServerAdmin`. */
  async assertRoomList(token: string | undefined): Promise<void> {
    const { roomList } = await this.#api(token);
    if (!roomList) throw forbidden('the token does not grant roomList');
  }

  /** Whether an admin of a room may send its peers to another one. @throws ParleyError as `assertRoomAdmin`. */
  async assertDestination(room: string, destination: string, token: string | undefined): Promise<void> {
    await this.assertRoomAdmin(room, token);
    const { room: own, destinationRoom } = await this.#api(token);
    if (isEvery(own) && isEvery(destinationRoom)) return;
    if (destinationRoom !== destination) throw forbidden('the token is not for that destination');
  }

  /**
   * Whether the bearer is an admin of the whole server: one with `roomAdmin` and without a `room`.
   *
   * @throws ParleyError `unauthorized` for a missing or bad token, `forbidden` for one without this grant.
   */
  async assertServerAdmin(token: string | undefined): Promise<void> {
    const video = await this.#api(token);
    if (!video.roomAdmin) throw forbidden('the token does not make its bearer an admin');
    if (!isEvery(video.room)) throw forbidden('the token is for one room only');
  }

  /**
   * Whether the bearer is an admin of a room; nobody is without a token, on an open server neither.
   *
   * @throws ParleyError `unauthorized` for a missing or bad token, `forbidden` for one without this grant.
   */
  async assertRoomAdmin(room: string, token: string | undefined): Promise<void> {
    const video = await this.#api(token);
    if (!video.roomAdmin) throw forbidden('the token does not make its bearer an admin');
    assertRoom(video, room);
  }

  /** The same of who may record a room: an admin of it, or one with `roomRecord`. */
  async assertRoomRecorder(room: string, token: string | undefined): Promise<void> {
    if (token === undefined) throw unauthorized('a token with roomRecord or roomAdmin is needed');
    const { video } = await this.#verify(token);
    if (!video?.roomAdmin && !video?.roomRecord)
      throw forbidden('the token does not let its bearer record rooms');
    assertRoom(video, room);
  }

  async #api(token: string | undefined): Promise<VideoGrant> {
    if (token === undefined) throw unauthorized('an access token is needed');
    return (await this.#verify(token)).video ?? {};
  }

  async #verify(token: string): Promise<z.infer<typeof claimsSchema>> {
    try {
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: ['HS256'],
        issuer: this.#apiKey,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE,
      });
      return claimsSchema.parse(payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw unauthorized('the token has expired', { cause: error });
      if (error instanceof z.ZodError) throw unauthorized('the token has malformed claims', { cause: error });
      throw unauthorized('the token does not verify', { cause: error });
    }
  }
}

/** Whether a token that says this of its room is for any. */
const isEvery = (room: string | undefined): boolean => room === undefined || room === '';

function assertRoom(video: VideoGrant, room: string): void {
  if (!isEvery(video.room) && video.room !== room) {
    throw forbidden('the token is for another room');
  }
}

/**
 * LiveKit's rules: what is not said is granted, and `canPublishSources` supersedes `canPublish`. A source that is not
 * known grants nothing, so that a slip of the pen does not open what it was to close.
 */
function permissionsOf(video: VideoGrant): Permissions {
  const limited = video.canPublishSources !== undefined && video.canPublishSources.length > 0;
  const sources = (video.canPublishSources ?? []).flatMap((source) => SOURCES.get(source) ?? []);
  return {
    canPublish: limited ? sources.length > 0 : (video.canPublish ?? true),
    ...(limited ? { canPublishSources: sources } : {}),
    canSubscribe: video.canSubscribe ?? true,
    canPublishData: video.canPublishData ?? true,
    canUpdateOwnMetadata: video.canUpdateOwnMetadata ?? false,
    roomAdmin: video.roomAdmin ?? false,
    ...(video.hidden ? { hidden: true } : {}),
    ...(video.recorder ? { recorder: true } : {}),
  };
}

/** The other way round: what makes `permissionsOf` come to these. */
function videoGrantOf({ canPublishSources, ...rest }: Permissions): VideoGrant {
  if (canPublishSources === undefined) return rest;
  const names = [...SOURCES].flatMap(([name, source]) => (canPublishSources.includes(source) ? [name] : []));
  return { ...rest, canPublishSources: names };
}
