// @ts-check

/**
 * How Meson sets the worker up. Link-time optimisation and no assertions: 11 % less CPU per forwarded packet, for 50
 * CPU-seconds of build. `nodownload`: a library that the recipe has no wrapper for is to be an error.
 */
export const mesonOptions = [
  ['--buildtype', 'release'],
  ['--wrap-mode', 'nodownload'],
  ['-Db_ndebug=true'],
  ['-Db_lto=true'],
].flat();

/** How libsrtp 2 is configured. OpenSSL's ciphers instead of NSS: about 20 % less CPU per packet. */
export const libsrtpOptions = ['--enable-openssl', 'CFLAGS=-O3 -fPIC'];
