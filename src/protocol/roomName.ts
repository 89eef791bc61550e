/**
 * Whether a room may have this name: 1 to 64 letters, digits and `._~-`, because it is part of a URL (RFC 3986
 * section 2.3), and not `.` or `..`, which browsers resolve.
 */
export function isRoomName(name: string): boolean {
  return /^[A-Za-z0-9._~-]{1,64}$/.test(name) && name !== '.' && name !== '..';
}
