declare module '*.css?inline' {
  const css: string;
  export default css;
}

/** A file that is built as it is; gives its address on the server. */
declare module '*?url' {
  const address: string;
  export default address;
}
