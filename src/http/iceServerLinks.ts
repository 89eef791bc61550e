import type { IceServer } from '../protocol/models.ts';

/** The `Link` headers that tell of STUN and TURN servers (RFC 9725 section 4.6). */
export function iceServerLinks(servers: readonly IceServer[]): string[] {
  return servers.flatMap(({ urls, username, credential }) =>
    [urls]
      .flat()
      .map((url) =>
        [
          `<${url}>; rel="ice-server"`,
          ...(username === undefined ? [] : [`username=${quoted(username)}`]),
          ...(credential === undefined
            ? []
            : [`credential=${quoted(credential)}`, 'credential-type="password"']),
        ].join('; '),
      ),
  );
}

/** RFC 9110 section 5.6.4. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
