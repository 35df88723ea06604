/** Whether there is such an IANA time zone, for example `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    // "utc+1" and the like are accepted too, and are none.
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}
