const HIDDEN = '[hidden]';

/** What is a secret by its form, wherever it stands; the first group stays. */
const FORMS: readonly RegExp[] = [
  // A JSON Web Token (RFC 7519 section 3), also one that was cut off; its header is an object, which begins with `{"`.
  /()\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g,
  // RFC 9110 section 11.6.2, in whatever was made of a request.
  /\b((?:Bearer|Basic) +)[\w.~+/-]+=*/gi,
  // User and password of a URL (RFC 3986 section 3.2.1).
  /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"'\\]+(?=@)/gi,
  // In a query or a form.
  /([?&;](?:[\w.-]*(?:token|secret|password|credential|signature)|jwt|key|auth|sid)=)[^\s&"'\\#;]+/gi,
];

/** Less is a word that may stand anywhere. */
const SHORTEST = 6;

/**
 * Takes secrets out of text: by their form, and those that are known.
 *
 * @param known Of them only what has 6 characters or more, because less would hide half of every line.
 */
export function secretsRedactor(known: readonly string[] = []): (text: string) => string {
  const asWritten = known.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  const words = [...new Set(asWritten)]
    .filter(({ length }) => length >= SHORTEST)
    // One that begins like another must not leave the rest of that.
    .sort((a, b) => b.length - a.length)
    .map((secret) => secret.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const exact = words.length > 0 ? new RegExp(words.join('|'), 'g') : undefined;
  return (text) => {
    const rest = exact ? text.replace(exact, HIDDEN) : text;
    return FORMS.reduce((line, form) => line.replace(form, `$1${HIDDEN}`), rest);
  };
}
