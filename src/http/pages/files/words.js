/** 0.876 as "87 %"; never rounded up to a threshold that it did not reach. */
export const percent = (share) => `${Math.floor(share * 100 + 1e-9)} %`;

const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

/** "de" as "German". */
export function languageName(code) {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

/** A time of today as "11:58 AM", an earlier one with its day, one of another year with that too. */
export function moment(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const year = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  const day = isToday ? {} : { day: "numeric", month: "short", ...year };
  const words = date.toLocaleString(undefined, { ...day, hour: "2-digit", minute: "2-digit" });
  return { iso: date.toISOString(), words };
}
