/* An empty library: see meson.build. */
