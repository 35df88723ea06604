/** @throws Error with a sentence for people, where the service refuses */
const call = async (method, path, body, type = "application/json") => {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : {
          headers: { "Content-Type": type },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
  });
  // The login has ended: the page itself shows the form again.
  if (response.status === 401) location.reload();
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.error ?? `The service answered ${response.status}.`);
  }
  return answer;
};

const at = (id) => `/memory/${encodeURIComponent(id)}`;

/** @param {URLSearchParams} query */
export const readList = (query) => call("GET", `/memory?${query}`);
/** @param {URLSearchParams} query */
export const readArticles = (query) => call("GET", `/memory/articles?${query}`);
/** @param {Record<string, string>} asked `q`, and what is known of who asks */
export const findFor = (asked) => call("GET", `/memory/recall?${new URLSearchParams(asked)}`);
export const readSuggested = () => call("GET", "/memory/suggested");
/** @param {{ title: string, text: string }} article */
export const beginArticle = (article) => call("POST", "/memory/articles", article);
export const readOvertaken = () => call("GET", "/memory/outdated");
export const readContradictions = () => call("GET", "/memory/contradictions");
export const readAnswer = (id) => call("GET", at(id));
export const addAnswer = (texts) => call("POST", "/memory", texts);
export const suggestAnswer = (texts) => call("POST", "/memory/suggestions", texts);
export const editAnswer = (id, texts) => call("PATCH", at(id), texts);
/** @param {"retire" | "restore" | "undo" | "accept"} action */
export const changeAnswer = (id, action, by) => call("POST", `${at(id)}/${action}`, by);
/** @param {"retire" | "restore"} action */
export const changeSeveral = (action, ids, by) =>
  call("POST", "/memory/bulk", { action, ids, ...by });
export const mergeAnswers = (keep, duplicates, by) =>
  call("POST", "/memory/merge", { keep, duplicates, ...by });
/** @param {{ dryRun: "true" | "false", by?: string }} how */
export const importTable = (table, how) =>
  call("POST", `/memory/import?${new URLSearchParams(how)}`, table, "text/csv");
export const removeAnswer = (id) => call("DELETE", at(id));
